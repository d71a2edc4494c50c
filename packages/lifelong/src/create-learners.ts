import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type StreamLearner,
} from '@tasklearn/core';
import { onlineLearner } from './engine/online-learner.js';
import type { OnlineState } from './engine/online-state.js';
import { type LifelongOptions, lifelongDefaults, plainParts, resolveLifelong } from './lifelong-options.js';
import type { Balance } from './memory/draw-items.js';
import { distillation } from './protection/distillation.js';
import { elasticWeights, synapticIntelligence } from './protection/quadratic.js';

/** Options of `online-sgd`. */
export type OnlineSgdOptions = LifelongOptions & {
  /** Whether the n-th change is divided by n. */
  readonly harmonic: boolean;
};

/** A constant rate. */
export const onlineSgdDefaults: OnlineSgdOptions = { ...lifelongDefaults, harmonic: false };

function requireIterations(owner: string, options: LifelongOptions, least = 1): void {
  requireInteger(owner, options, 'iterations', least);
}

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

/** Options of `ewc`. */
export type EwcOptions = LifelongOptions & {
  /** λ ≥ 0. */
  readonly strength: number;
  /** γ in [0, 1]: what is kept of the importance of earlier tasks. */
  readonly decay: number;
  /** Items of a task from which its Fisher information is estimated; they are kept until it ends. */
  readonly samples: number;
};

/** λ = 100, importance summed, 200 items; a rate of 0.03. */
export const ewcDefaults: EwcOptions = {
  ...lifelongDefaults,
  optimizer: { ...lifelongDefaults.optimizer, learningRate: 0.03 },
  strength: 100,
  decay: 1,
  samples: 200,
};

/**
 * Elastic weight consolidation with the true Fisher information, in its online form.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Kirkpatrick et al. Overcoming catastrophic forgetting in neural networks. PNAS 2017. arXiv:1612.00796.
 */
export function createEwc(options: PartialOptions<EwcOptions> = {}): StreamLearner<OnlineState> {
  const all = resolveLifelong('ewc', ewcDefaults, options);
  requireIterations('ewc', all);
  requireNonNegative('ewc', all, 'strength');
  requireInRange('ewc', all, 'decay', 0, 1);
  requireInteger('ewc', all, 'samples');
  return onlineLearner({ ...plainParts('ewc', all), protect: ({ fisher }) => elasticWeights(all, fisher) });
}

/** Options of `synaptic-intelligence`. */
export type SynapticIntelligenceOptions = LifelongOptions & {
  /** c ≥ 0. */
  readonly strength: number;
  /** ξ > 0. */
  readonly damping: number;
};

/** c = 0.1, ξ = 0.1; a rate of 0.03. */
export const synapticIntelligenceDefaults: SynapticIntelligenceOptions = {
  ...lifelongDefaults,
  optimizer: { ...lifelongDefaults.optimizer, learningRate: 0.03 },
  strength: 0.1,
  damping: 0.1,
};

/**
 * Synaptic intelligence: importance is measured along the way.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Zenke, Poole, Ganguli. Continual Learning Through Synaptic Intelligence. ICML 2017. arXiv:1703.04200.
 */
export function createSynapticIntelligence(
  options: PartialOptions<SynapticIntelligenceOptions> = {},
): StreamLearner<OnlineState> {
  const owner = 'synaptic-intelligence';
  const all = resolveLifelong(owner, synapticIntelligenceDefaults, options);
  requireIterations(owner, all);
  requireNonNegative(owner, all, 'strength');
  requirePositive(owner, all, 'damping');
  return onlineLearner({ ...plainParts(owner, all), protect: () => synapticIntelligence(all) });
}

/** Options of `learning-without-forgetting`. */
export type LwfOptions = LifelongOptions & {
  /** Weight of the old answers, ≥ 0. */
  readonly strength: number;
  /** By which logits are divided, > 0. */
  readonly temperature: number;
};

/** Weight 1, temperature 2, as in the paper. */
export const lwfDefaults: LwfOptions = { ...lifelongDefaults, strength: 1, temperature: 2 };

/**
 * Learning without forgetting: the old network's answers to new inputs are kept.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Li, Hoiem. Learning without Forgetting. ECCV 2016. arXiv:1606.09282.
 */
export function createLearningWithoutForgetting(
  options: PartialOptions<LwfOptions> = {},
): StreamLearner<OnlineState> {
  const owner = 'learning-without-forgetting';
  const all = resolveLifelong(owner, lwfDefaults, options);
  requireIterations(owner, all);
  requireNonNegative(owner, all, 'strength');
  requirePositive(owner, all, 'temperature');
  return onlineLearner({ ...plainParts(owner, all), protect: () => distillation(all) });
}

/** Options of `gem`. */
export type GemOptions = LifelongOptions & {
  /** M, items kept of all tasks together; each may have M / T. */
  readonly size: number;
  /** γ ≥ 0: more than 0 leans towards backward transfer. */
  readonly margin: number;
};

/** 5,120 items and γ = 0.5, as released: 256 for each of 20 tasks. */
export const gemDefaults: GemOptions = { ...lifelongDefaults, size: 5120, margin: 0.5 };

/**
 * Gradient episodic memory: no update may make the loss on the memory of any earlier task worse, to first order.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Lopez-Paz, Ranzato. Gradient Episodic Memory for Continual Learning. NeurIPS 2017. arXiv:1706.08840.
 */
export function createGem(options: PartialOptions<GemOptions> = {}): StreamLearner<OnlineState> {
  const all = resolveLifelong('gem', gemDefaults, options);
  requireIterations('gem', all);
  requireInteger('gem', all, 'size');
  requireNonNegative('gem', all, 'margin');
  const { size, margin } = all;
  return onlineLearner({
    ...plainParts('gem', all),
    memory: { kind: 'perTask', size, balance: 'items' },
    constrain: { rows: 'perTask', size, margin },
  });
}

/** Options of `a-gem`. */
export type AveragedGemOptions = LifelongOptions & {
  /** M, items kept of all tasks together. */
  readonly size: number;
  /** Kept items whose average loss may not rise. */
  readonly reference: number;
};

/** 5,120 items kept, 256 of them drawn for every update. */
export const averagedGemDefaults: AveragedGemOptions = { ...lifelongDefaults, size: 5120, reference: 256 };

/**
 * Averaged GEM: one constraint, on a batch drawn from the memories of all earlier tasks.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Chaudhry, Ranzato, Rohrbach, Elhoseiny. Efficient Lifelong Learning with A-GEM. ICLR 2019. arXiv:1812.00420.
 */
export function createAveragedGem(
  options: PartialOptions<AveragedGemOptions> = {},
): StreamLearner<OnlineState> {
  const all = resolveLifelong('a-gem', averagedGemDefaults, options);
  requireIterations('a-gem', all);
  requireInteger('a-gem', all, 'size');
  requireInteger('a-gem', all, 'reference');
  return onlineLearner({
    ...plainParts('a-gem', all),
    memory: { kind: 'perTask', size: all.size, balance: 'items' },
    constrain: { rows: 'pooled', size: all.reference, margin: 0 },
  });
}
