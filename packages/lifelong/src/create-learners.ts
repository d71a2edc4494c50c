import { type PartialOptions, requireInteger, requireOneOf, type StreamLearner } from '@tasklearn/core';
import { onlineLearner } from './engine/online-learner.js';
import type { OnlineState } from './engine/online-state.js';
import {
  type LifelongOptions,
  lifelongDefaults,
  plainParts,
  requireIterations,
  resolveLifelong,
} from './lifelong-options.js';
import type { Balance } from './memory/draw-items.js';

/** Options of `online-sgd`. */
export type OnlineSgdOptions = LifelongOptions & {
  /** Whether the n-th change is divided by n. */
  readonly harmonic: boolean;
};

/** A constant rate. */
export const onlineSgdDefaults: OnlineSgdOptions = { ...lifelongDefaults, harmonic: false };

/**
 * Fine-tuning on whatever arrives: a gradient step per batch, nothing kept, nothing protected.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createOnlineSgd(options: PartialOptions<OnlineSgdOptions> = {}): StreamLearner<OnlineState> {
  const all = resolveLifelong('online-sgd', onlineSgdDefaults, options);
  requireIterations('online-sgd', all);
  const parts = plainParts('online-sgd', all);
  return onlineLearner({ ...parts, update: { ...parts.update, harmonic: all.harmonic } });
}

/** Options of `follow-the-leader`. */
export type FollowTheLeaderOptions = LifelongOptions & {
  /** Items of a batch. */
  readonly batchSize: number;
  /** Passes over everything where a task ends; 0 for none, so that boundaries need not be known. */
  readonly passes: number;
  /** Whether those passes start from first weights. */
  readonly restart: boolean;
};

/** A batch of 10 drawn from everything at every step. */
export const followTheLeaderDefaults: FollowTheLeaderOptions = {
  ...lifelongDefaults,
  batchSize: 10,
  passes: 0,
  restart: false,
};

/**
 * Train on everything: all items are kept, batches are drawn from all of them. With `passes` and `restart` it is the joint oracle
 * that other learners are measured against.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createFollowTheLeader(
  options: PartialOptions<FollowTheLeaderOptions> = {},
): StreamLearner<OnlineState> {
  const owner = 'follow-the-leader';
  const all = resolveLifelong(owner, followTheLeaderDefaults, options);
  requireIterations(owner, all, 0);
  requireInteger(owner, all, 'batchSize');
  requireInteger(owner, all, 'passes', 0);
  const parts = plainParts(owner, all);
  const restart = all.restart ? 'beforePasses' : 'never';
  return onlineLearner({
    ...parts,
    memory: { kind: 'all', size: 0, balance: 'items' },
    update: { ...parts.update, from: 'kept', replay: all.batchSize, passes: all.passes, restart },
  });
}

/** Options of `independent`. */
export type IndependentOptions = LifelongOptions & {
  /** Where the network of a task begins: with weights of its own, or with those of the task before. */
  readonly start: 'fresh' | 'copy';
};

/** Weights of its own. */
export const independentDefaults: IndependentOptions = { ...lifelongDefaults, start: 'fresh' };

/**
 * A network for each task, chosen by its label: nothing is forgotten and, from `fresh` weights, nothing transferred.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createIndependent(
  options: PartialOptions<IndependentOptions> = {},
): StreamLearner<OnlineState> {
  const all = resolveLifelong('independent', independentDefaults, options);
  requireIterations('independent', all);
  requireOneOf('independent', all, 'start', ['fresh', 'copy']);
  return onlineLearner({ ...plainParts('independent', all), belief: { kind: 'perTask', start: all.start } });
}

/**
 * An input layer for each task, chosen by its label, and one network behind all of them: for tasks whose inputs differ and whose
 * answers do not.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Lopez-Paz, Ranzato. Gradient Episodic Memory for Continual Learning. NeurIPS 2017, section 5.
 */
export function createMultimodal(options: PartialOptions<LifelongOptions> = {}): StreamLearner<OnlineState> {
  const all = resolveLifelong('multimodal', lifelongDefaults, options);
  requireIterations('multimodal', all);
  const belief = { kind: 'perTask', start: 'fresh', own: 'inputLayer' } as const;
  return onlineLearner({ ...plainParts('multimodal', all), belief });
}

/**
 * Starts again from first weights with every task.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createFromScratch(options: PartialOptions<LifelongOptions> = {}): StreamLearner<OnlineState> {
  const all = resolveLifelong('from-scratch', lifelongDefaults, options);
  requireIterations('from-scratch', all);
  const parts = plainParts('from-scratch', all);
  return onlineLearner({ ...parts, update: { ...parts.update, restart: 'eachTask' } });
}

/** Options of `experience-replay`. */
export type ReplayOptions = LifelongOptions & {
  readonly memory: 'ring' | 'perTask' | 'reservoir' | 'classBalanced';
  /** M, items kept. */
  readonly size: number;
  /** Kept items in every batch, beside the new ones. */
  readonly replay: number;
  /** How kept items are weighed when they are drawn. */
  readonly balance: Balance;
};

/** A reservoir of 5,120, ten kept items beside every ten new ones. */
export const replayDefaults: ReplayOptions = {
  ...lifelongDefaults,
  memory: 'reservoir',
  size: 5120,
  replay: 10,
  balance: 'items',
};

/**
 * Experience replay: every update sees new items and some of those kept.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Chaudhry et al. On Tiny Episodic Memories in Continual Learning. 2019. arXiv:1902.10486.
 */
export function createExperienceReplay(
  options: PartialOptions<ReplayOptions> = {},
): StreamLearner<OnlineState> {
  const owner = 'experience-replay';
  const all = resolveLifelong(owner, replayDefaults, options);
  requireIterations(owner, all);
  requireOneOf(owner, all, 'memory', ['ring', 'perTask', 'reservoir', 'classBalanced']);
  requireOneOf(owner, all, 'balance', ['items', 'tasks', 'classes']);
  requireInteger(owner, all, 'size', 0);
  requireInteger(owner, all, 'replay', 1);
  const { memory: kind, size, replay, balance } = all;
  const parts = plainParts(owner, all);
  return onlineLearner({
    ...parts,
    memory: { kind, size, balance },
    update: { ...parts.update, from: 'newAndKept', replay },
  });
}
