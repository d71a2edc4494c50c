import {
  type PartialOptions,
  requireInteger,
  requireOneOf,
  requirePositive,
  type StreamLearner,
} from '@tasklearn/core';
import { type NetworkOptions, type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { lifelongDefaults, resolveLifelong } from '../lifelong-options.js';
import { type MetaLeaderState, openMetaLeaderAgent } from './follow-the-meta-leader-agent.js';

/** Options of `follow-the-meta-leader`. */
export type FollowTheMetaLeaderOptions = {
  readonly network: NetworkOptions;
  /** Of the outer steps. */
  readonly optimizer: OptimizerOptions;
  /** Outer steps at every step of the stream; 0 leaves first weights, so that every task is learnt from scratch. */
  readonly outerSteps: number;
  /** K, tasks of an outer step, drawn from those met. */
  readonly tasks: number;
  /** S, items that are adapted to. */
  readonly support: number;
  /** Q, items that are asked for afterwards. */
  readonly query: number;
  /** Gradient steps of U within an outer step; 0 makes it follow the leader, which trains on everything. */
  readonly innerSteps: number;
  /** α > 0. */
  readonly innerRate: number;
  /** 2: the outer gradient goes through the inner ones; 1: it does not. */
  readonly order: 1 | 2;
  /** Gradient steps on a task's own items before anything of it is predicted; 0 for none. */
  readonly adaptSteps: number;
};

/** Ten outer Adam steps at 0.001 on eight tasks, five inner steps at 0.1, 20 items to adapt to and 20 to ask. */
export const followTheMetaLeaderDefaults: FollowTheMetaLeaderOptions = {
  network: { ...lifelongDefaults.network, blocks: 3, filters: 32, downsample: 'stride', features: 'flatten' },
  optimizer: optimizerDefaults,
  outerSteps: 10,
  tasks: 8,
  support: 20,
  query: 20,
  innerSteps: 5,
  innerRate: 0.1,
  order: 2,
  adaptSteps: 5,
};

/**
 * Follow the meta-leader: keeps the items of every task, and moves θ towards the minimum of Σ_k f_k(U_k(θ)), where U_k is a few
 * gradient steps on items of task k. Before anything of a task is predicted, θ is adapted to what is kept of it.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Finn, Rajeswaran, Kakade, Levine. Online Meta-Learning. ICML 2019. arXiv:1902.08438.
 */
export function createFollowTheMetaLeader(
  options: PartialOptions<FollowTheMetaLeaderOptions> = {},
): StreamLearner<MetaLeaderState> {
  const owner = 'follow-the-meta-leader';
  const all = resolveLifelong(owner, followTheMetaLeaderDefaults, options);
  for (const key of ['tasks', 'support', 'query'] as const) requireInteger(owner, all, key);
  for (const key of ['outerSteps', 'innerSteps', 'adaptSteps'] as const) requireInteger(owner, all, key, 0);
  requirePositive(owner, all, 'innerRate');
  requireOneOf(owner, all, 'order', [1, 2]);
  const parts = { ...all, name: owner, optimizer: optimizerFor(all.optimizer) };
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: true, storage: Number.POSITIVE_INFINITY, metaTraining: false }),
    openAgent: (_parameters, { spec, executor }) => openMetaLeaderAgent(parts, spec, executor),
  };
}
