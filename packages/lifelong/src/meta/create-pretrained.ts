import {
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type StreamLearner,
} from '@tasklearn/core';
import { type NetworkOptions, type OptimizerOptions, optimizerFor } from '@tasklearn/nn';
import { resolveLifelong } from '../lifelong-options.js';
import { omlDefaults } from './create-online-aware.js';
import type { PlasticState } from './plastic-agent.js';
import { pretrainedLearner } from './pretrained-learner.js';

/** Options of `pretrain-and-transfer`. */
export type PretrainedOptions = {
  readonly network: NetworkOptions;
  /** Of the pre-training. */
  readonly optimizer: OptimizerOptions;
  /** What gradient steps change on the stream: a new head, or the body as well. */
  readonly plastic: 'head' | 'network';
  /** Rate on the stream, > 0. */
  readonly rate: number;
  /** L, lifetimes of the train split that are learnt, each with a head of its own. */
  readonly lifetimes: number;
  /** Items of each lifetime in an update. */
  readonly batchSize: number;
  /** Weight of a penalty on units that are often active, ≥ 0; 0 for none. */
  readonly sparsity: number;
  /** β > 0, mean activation up to which it costs nothing. */
  readonly activity: number;
};

/** The network of OML, 16 items of each of 8 lifetimes, no penalty; a new head learns on the stream at 0.1. */
export const pretrainedDefaults: PretrainedOptions = {
  network: omlDefaults.network,
  optimizer: omlDefaults.optimizer,
  plastic: 'head',
  rate: 0.1,
  lifetimes: 8,
  batchSize: 16,
  sparsity: 0,
  activity: 0.1,
};

/**
 * Pre-trains on lifetimes of the train split, shuffled, and fine-tunes on the stream. With `sparsity` activity is held down as in SR-NN.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Javed, White. Meta-Learning Representations for Continual Learning. NeurIPS 2019, section 4 (the baselines). Liu, Kumaraswamy,
 * Le, White. The Utility of Sparse Representations for Control in Reinforcement Learning. AAAI 2019 (`sparsity`).
 */
export function createPretrainAndTransfer(
  options: PartialOptions<PretrainedOptions> = {},
): StreamLearner<PlasticState> {
  const owner = 'pretrain-and-transfer';
  const all = resolveLifelong(owner, pretrainedDefaults, options);
  requireOneOf(owner, all, 'plastic', ['head', 'network']);
  for (const key of ['rate', 'activity'] as const) requirePositive(owner, all, key);
  for (const key of ['lifetimes', 'batchSize'] as const) requireInteger(owner, all, key);
  requireNonNegative(owner, all, 'sparsity');
  const fixed = { name: owner, gate: null, order: 1, learnRate: false } as const;
  return pretrainedLearner({ ...all, ...fixed, optimizer: optimizerFor(all.optimizer) });
}
