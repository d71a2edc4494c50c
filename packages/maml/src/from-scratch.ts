import {
  type PartialOptions,
  requireInteger,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import { type NetworkOptions, validateNetworkOptions } from '@tasklearn/nn';
import { allLeaves } from './engine/adapted-leaves.js';
import { fixedRate } from './engine/inner-rate.js';
import { adaptiveDescent, gradientDescent } from './engine/inner-solver.js';
import { untrained } from './engine/meta-gradient.js';
import { type GradientLearner, metaLearner } from './engine/meta-learner.js';
import { learnedStart } from './engine/start.js';
import { taskLoss } from './engine/task-loss.js';
import { rateOrDefault } from './maml.js';
import { modelDefaults, modelFor } from './model-options.js';

/** Options of `from-scratch`. */
export type FromScratchOptions = {
  /** Steps on the support set. */
  readonly steps: number;
  /** α > 0. null: 0.001 for images, 0.01 for anything else. */
  readonly learningRate: number | null;
  /** `adam` has no momentum (β₁ = 0). */
  readonly innerOptimizer: 'sgd' | 'adam';
  readonly model: NetworkOptions;
};

/** Enough steps to fit a support set. */
export const fromScratchDefaults: FromScratchOptions = {
  steps: 30,
  learningRate: null,
  innerOptimizer: 'adam',
  model: modelDefaults,
};

/**
 * Learning each task from random weights: what there is to beat. θ is drawn once and never trained.
 *
 * @param options - those given; the rest are {@link fromScratchDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createFromScratch(options: PartialOptions<FromScratchOptions> = {}): GradientLearner {
  const all = resolveOptions('from-scratch', fromScratchDefaults, options);
  requireInteger('from-scratch', all, 'steps', 0);
  requireOneOf('from-scratch', all, 'innerOptimizer', ['sgd', 'adam']);
  if (all.learningRate !== null)
    requirePositive('from-scratch', { learningRate: all.learningRate }, 'learningRate');
  validateNetworkOptions('from-scratch', all.model);
  return metaLearner({
    model: (spec) => modelFor(spec, all.model, { weights: { name: 'glorotUniform' } }),
    adapted: allLeaves,
    start: learnedStart(),
    innerLoss: taskLoss(),
    solver: all.innerOptimizer === 'adam' ? adaptiveDescent() : gradientDescent(),
    rate: fixedRate(rateOrDefault(all.learningRate, 0.001, 0.01)),
    steps: { train: 0, test: all.steps },
    metaGradient: untrained(),
    outer: [],
  });
}
