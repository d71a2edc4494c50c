import {
  type PartialOptions,
  requireInteger,
  requireOneOf,
  requirePositive,
  type StreamLearner,
} from '@tasklearn/core';
import {
  type NetworkOptions,
  networkDefaults,
  type OptimizerOptions,
  optimizerDefaults,
  optimizerFor,
} from '@tasklearn/nn';
import { resolveLifelong } from '../lifelong-options.js';
import { onlineAwareLearner } from './online-aware-learner.js';
import type { PlasticState } from './plastic-agent.js';

/** Options of `oml` and `anml`. */
export type OnlineAwareOptions = {
  readonly network: NetworkOptions;
  /** Of the meta-learning. */
  readonly optimizer: OptimizerOptions;
  /** What learns within a lifetime. */
  readonly plastic: 'head' | 'network';
  /** 2: the outer gradient goes through the inner ones; 1: it does not. */
  readonly order: 1 | 2;
  /** β > 0, rate of learning within a lifetime. */
  readonly rate: number;
  /** Whether β is meta-learned, from `rate` on. */
  readonly learnRate: boolean;
  /** T, lifetimes of an outer update. */
  readonly lifetimes: number;
  /** Tasks (classes) of a meta-training lifetime. */
  readonly tasks: number;
  /** Steps learnt of each. */
  readonly steps: number;
  /** Held-out items of each that are asked for at the end. */
  readonly queries: number;
};

/** Three convolutions of 64 filters with layer normalisation, a linear head that learns; 8 lifetimes of 4 classes, 5 items each. */
export const omlDefaults: OnlineAwareOptions = {
  network: {
    ...networkDefaults,
    blocks: 3,
    filters: 64,
    downsample: 'stride',
    normalization: 'layer',
    features: 'flatten',
  },
  optimizer: optimizerDefaults,
  plastic: 'head',
  order: 2,
  rate: 0.1,
  learnRate: true,
  lifetimes: 8,
  tasks: 4,
  steps: 5,
  queries: 5,
};

function create(
  owner: 'oml' | 'anml',
  given: PartialOptions<OnlineAwareOptions>,
): StreamLearner<PlasticState> {
  const all = resolveLifelong(owner, omlDefaults, given);
  for (const key of ['lifetimes', 'tasks', 'steps'] as const) requireInteger(owner, all, key);
  requireInteger(owner, all, 'queries', 0);
  requirePositive(owner, all, 'rate');
  requireOneOf(owner, all, 'plastic', ['head', 'network']);
  requireOneOf(owner, all, 'order', [1, 2]);
  const gate = owner === 'anml' ? all.network : null;
  return onlineAwareLearner({ ...all, name: owner, gate, optimizer: optimizerFor(all.optimizer) });
}

/**
 * OML: meta-learns a representation for learning without interference.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Javed, White. Meta-Learning Representations for Continual Learning. NeurIPS 2019. arXiv:1905.12588.
 */
export function createOml(options: PartialOptions<OnlineAwareOptions> = {}): StreamLearner<PlasticState> {
  return create('oml', options);
}

/**
 * ANML: OML whose features are gated by a second meta-learned network, which decides what is active, and so what learns.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Beaulieu et al. Learning to Continually Learn. ECAI 2020. arXiv:2002.09571.
 */
export function createAnml(options: PartialOptions<OnlineAwareOptions> = {}): StreamLearner<PlasticState> {
  return create('anml', options);
}
