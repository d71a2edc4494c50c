import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requirePositive,
  type StreamLearner,
} from '@tasklearn/core';
import { outputSizeOf } from '@tasklearn/nn';
import { onlineLearner } from './engine/online-learner.js';
import type { OnlineState } from './engine/online-state.js';
import {
  type LifelongOptions,
  lifelongDefaults,
  plainParts,
  requireIterations,
  resolveLifelong,
} from './lifelong-options.js';
import { distillation } from './protection/distillation.js';
import { elasticWeights, synapticIntelligence } from './protection/quadratic.js';

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
  return onlineLearner({
    ...plainParts('ewc', all),
    protect: ({ spec, fisher }) => elasticWeights({ ...all, outputs: outputSizeOf(spec) }, fisher),
  });
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
