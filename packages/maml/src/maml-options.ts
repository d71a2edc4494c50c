import { requireInteger, requireNonNegative, requireOneOf, requirePositive } from '@tasklearn/core';
import {
  type NetworkOptions,
  type OptimizerOptions,
  optimizerDefaults,
  validateNetworkOptions,
} from '@tasklearn/nn';
import type { RateGranularity } from './engine/inner-rate.js';
import { modelDefaults } from './model-options.js';

/** Options of `maml`, `fomaml`, `anil` and `meta-sgd`, which differ in their defaults. */
export type MamlOptions = {
  /** `second` differentiates through the inner gradients; `first` takes them for constants. */
  readonly order: 'second' | 'first';
  /** How the second order is taken: by differentiating the unrolled loop, or step by step from Hessian-vector products. */
  readonly derivative: 'unrolled' | 'reverseHvp';
  /** α > 0, per step; the first value where it is learned. null: 0.4 for images, 0.01 for anything else. */
  readonly innerLearningRate: number | null;
  /** Whether α is learned: one number, one per tensor, per element, or per tensor and step. */
  readonly learnedRates: 'none' | RateGranularity;
  /** `signed` rates may become negative; `positive` ones are learned as logarithms. */
  readonly rateSign: 'signed' | 'positive';
  /** k, inner steps at meta-training. */
  readonly innerSteps: number;
  /** Inner steps at meta-validation and meta-test. */
  readonly testSteps: number;
  /** Leaves that the inner loop adapts: `all`, `head`, `biases`, `affine`, or patterns such as `head/*,layer4/*`. */
  readonly adapted: string;
  /** Inner gradients are clipped to [−clip, clip] element by element; 0 for not at all. */
  readonly innerGradientClip: number;
  readonly optimizer: OptimizerOptions;
  readonly model: NetworkOptions;
};

/** MAML as in the paper: second order, one step at meta-training and three at meta-test, all leaves. */
export const mamlDefaults: MamlOptions = {
  order: 'second',
  derivative: 'unrolled',
  innerLearningRate: null,
  learnedRates: 'none',
  rateSign: 'signed',
  innerSteps: 1,
  testSteps: 3,
  adapted: 'all',
  innerGradientClip: 0,
  optimizer: optimizerDefaults,
  model: modelDefaults,
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function validateMamlOptions(owner: string, options: MamlOptions): void {
  requireOneOf(owner, options, 'order', ['second', 'first']);
  requireOneOf(owner, options, 'derivative', ['unrolled', 'reverseHvp']);
  requireOneOf(owner, options, 'learnedRates', ['none', 'scalar', 'layer', 'parameter', 'layerStep']);
  requireOneOf(owner, options, 'rateSign', ['signed', 'positive']);
  if (options.innerLearningRate !== null) {
    requirePositive(owner, { innerLearningRate: options.innerLearningRate }, 'innerLearningRate');
  }
  requireInteger(owner, options, 'innerSteps', 0);
  requireInteger(owner, options, 'testSteps', 0);
  requireNonNegative(owner, options, 'innerGradientClip');
  validateNetworkOptions(owner, options.model);
}
