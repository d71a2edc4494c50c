import {
  type GradientTransformation,
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import { type NetworkOptions, sgd, validateNetworkOptions } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { allLeaves } from './engine/adapted-leaves.js';
import { fixedRate } from './engine/inner-rate.js';
import { adaptiveDescent, gradientDescent } from './engine/inner-solver.js';
import { type GradientLearner, metaLearner } from './engine/meta-learner.js';
import { reptileGradient } from './engine/reptile-gradient.js';
import { learnedStart } from './engine/start.js';
import { taskLoss } from './engine/task-loss.js';
import { rateOrDefault } from './maml.js';
import { modelDefaults, modelFor } from './model-options.js';

/** Options of `reptile`. */
export type ReptileOptions = {
  /** `adam` has no momentum (β₁ = 0), as in the paper. */
  readonly innerOptimizer: 'sgd' | 'adam';
  /** α > 0, per inner step. null: 0.001 for images, 0.01 for anything else. */
  readonly innerLearningRate: number | null;
  /** k, inner steps at meta-training; with 1 it is joint training and learns no initialisation to adapt from. */
  readonly innerSteps: number;
  /** Inner steps at meta-validation and meta-test, on the support set only. */
  readonly testSteps: number;
  /** Items per task and inner step at meta-training, drawn with replacement from support and query; 0 for all of them. */
  readonly miniBatch: number;
  /** Inner gradients are clipped to [−clip, clip] element by element; 0 for not at all. */
  readonly innerGradientClip: number;
  /** ε > 0, the share of the way from θ to the mean φ. */
  readonly outerStepSize: number;
  /** Updates over which ε falls linearly to 0; 0 for a constant ε. Set it to the length of the run. */
  readonly annealOver: number;
  readonly model: NetworkOptions;
};

/** Adam without momentum and a constant ε. */
export const reptileDefaults: ReptileOptions = {
  innerOptimizer: 'adam',
  innerLearningRate: null,
  innerSteps: 5,
  testSteps: 10,
  miniBatch: 0,
  innerGradientClip: 0,
  outerStepSize: 1,
  annealOver: 0,
  model: modelDefaults,
};

/**
 * Reptile: moves the initialisation toward what each task's training made of it.
 *
 * θ ← θ + ε mean_t(φ_t − θ),  φ_t = k ≥ 2 inner steps from θ on support and query together
 *
 * @param options - those given; the rest are {@link reptileDefaults}.
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Nichol, Achiam, Schulman. On First-Order Meta-Learning Algorithms. 2018, Algorithm 2. arXiv:1803.02999.
 */
export function createReptile(options: PartialOptions<ReptileOptions> = {}): GradientLearner {
  const all = resolveOptions('reptile', reptileDefaults, options);
  validate(all);
  const clip = { clip: all.innerGradientClip };
  return metaLearner({
    model: (spec) => modelFor(spec, all.model, { innerSteps: all.innerSteps }),
    adapted: allLeaves,
    start: learnedStart(),
    innerLoss: taskLoss({ miniBatch: all.miniBatch }),
    solver: all.innerOptimizer === 'adam' ? adaptiveDescent(clip) : gradientDescent(clip),
    rate: fixedRate(rateOrDefault(all.innerLearningRate, 0.001, 0.01)),
    steps: { train: all.innerSteps, test: all.testSteps },
    metaGradient: reptileGradient(),
    outer: [],
    optimizer: annealed(all.outerStepSize, all.annealOver),
  });
}

/** θ ← θ − ε(step) · (θ − mean φ), ε falling linearly to 0. */
function annealed(size: number, over: number): GradientTransformation {
  if (over === 0) return sgd(size);
  return sgd((step) => tf.mul(tf.relu(tf.sub(1, tf.div(step, over))), size));
}

function validate(options: ReptileOptions): void {
  requireOneOf('reptile', options, 'innerOptimizer', ['sgd', 'adam']);
  if (options.innerLearningRate !== null) {
    requirePositive('reptile', { innerLearningRate: options.innerLearningRate }, 'innerLearningRate');
  }
  requireInteger('reptile', options, 'innerSteps', 1);
  requireInteger('reptile', options, 'testSteps', 0);
  requireInteger('reptile', options, 'miniBatch', 0);
  requireNonNegative('reptile', options, 'innerGradientClip');
  requirePositive('reptile', options, 'outerStepSize');
  requireInteger('reptile', options, 'annealOver', 0);
  validateNetworkOptions('reptile', options.model);
}
