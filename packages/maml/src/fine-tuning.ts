import {
  type EpisodeSpec,
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireOneOf,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import {
  type NetworkOptions,
  type OptimizerOptions,
  optimizerDefaults,
  optimizerFor,
  validateNetworkOptions,
} from '@tasklearn/nn';
import { type AdaptedLeaves, allLeaves } from './engine/adapted-leaves.js';
import { discriminativeRate } from './engine/inner-rate.js';
import { adaptiveDescent, gradientDescent } from './engine/inner-solver.js';
import { type GradientLearner, metaLearner } from './engine/meta-learner.js';
import type { Start } from './engine/meta-learner-parts.js';
import { type PooledLabels, pooled } from './engine/pooled-loss.js';
import { learnedStart, newHeadStart } from './engine/start.js';
import { taskLoss } from './engine/task-loss.js';
import { rateOrDefault } from './maml.js';
import { modelDefaults, modelFor } from './model-options.js';

/** Options of `fine-tuning`. */
export type FineTuningOptions = {
  /** Steps on the support set. */
  readonly steps: number;
  /** Rate of the last layer, > 0. null: 0.1 for images, 0.01 for anything else. */
  readonly learningRate: number | null;
  /** `adam` has no momentum (β₁ = 0). */
  readonly innerOptimizer: 'sgd' | 'adam';
  /** ρ in (0, 1]: each layer's rate is this share of the one above it. ULMFiT uses 1/2.6; 1 is plain descent. */
  readonly layerRateDecay: number;
  /** First layers that stay as pre-training left them. */
  readonly frozenLayers: number;
  /** Whether the last layer starts anew. `auto`: for classification, where a new task has other classes. */
  readonly head: 'auto' | 'keep' | 'new';
  /** How the rate changes over the steps. */
  readonly schedule: 'constant' | 'slantedTriangular';
  /** Whether layers join one by one from the top. */
  readonly gradualUnfreezing: boolean;
  /**
   * What classification is pre-trained on: each item's class among all training classes (the distribution must carry
   * `identities`), or its label in the episode, which makes sense only where a distribution names classes in one fixed way.
   */
  readonly pooledLabels: PooledLabels;
  readonly optimizer: OptimizerOptions;
  readonly model: NetworkOptions;
};

/** Plain gradient descent on all layers. */
export const fineTuningDefaults: FineTuningOptions = {
  steps: 20,
  learningRate: null,
  innerOptimizer: 'sgd',
  layerRateDecay: 1,
  frozenLayers: 0,
  head: 'auto',
  schedule: 'constant',
  gradualUnfreezing: false,
  pooledLabels: 'identities',
  optimizer: optimizerDefaults,
  model: modelDefaults,
};

/**
 * Pre-trains one network on all meta-training data together, then fine-tunes it on a task's support set.
 *
 * θ = argmin mean over all items of ℓ(f_θ(x), y);  φ ← φ − α_l ∇L_S(φ) from θ,  α_l = α ρ^(depth of l from the top)
 *
 * @param options - those given; the rest are {@link fineTuningDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Howard, Ruder. Universal Language Model Fine-tuning for Text Classification. ACL 2018. arXiv:1801.06146.
 */
export function createFineTuning(options: PartialOptions<FineTuningOptions> = {}): GradientLearner {
  const all = resolveOptions('fine-tuning', fineTuningDefaults, options);
  validate(all);
  return metaLearner({
    model: (spec, stage) =>
      modelFor(spec, all.model, {
        outputSize: stage === 'train' ? pooledOutputs(spec, all) : undefined,
        weights: { name: 'glorotUniform' },
      }),
    adapted: unfrozen(all.frozenLayers),
    start: startFrom(all),
    innerLoss: taskLoss(),
    solver: all.innerOptimizer === 'adam' ? adaptiveDescent() : gradientDescent(),
    rate: discriminativeRate({
      rate: rateOrDefault(all.learningRate, 0.1, 0.01),
      decay: all.layerRateDecay,
      schedule: all.schedule,
      gradualUnfreezing: all.gradualUnfreezing,
    }),
    steps: { train: 0, test: all.steps },
    metaGradient: pooled(all.pooledLabels),
    outer: [],
    optimizer: optimizerFor(all.optimizer),
  });
}

/** Every leaf but those of `layer1` .. `layer<count>`. */
function unfrozen(count: number): AdaptedLeaves {
  if (count === 0) return allLeaves;
  return (path) => {
    const layer = /^layer(\d+)\//.exec(path);
    return layer === null || Number(layer[1]) > count;
  };
}

function startFrom({ head }: FineTuningOptions): Start {
  const [kept, fresh] = [learnedStart(), newHeadStart()];
  if (head !== 'auto') return head === 'keep' ? kept : fresh;
  return {
    name: 'learned, new head for classes',
    phi0: (theta, adapted, tasks, spec, support) =>
      (spec.target.kind === 'classification' ? fresh : kept).phi0(theta, adapted, tasks, spec, support),
  };
}

/** Outputs of pre-training's head: all training classes where items are told apart by them. */
function pooledOutputs(spec: EpisodeSpec, { pooledLabels, head }: FineTuningOptions): number | undefined {
  if (spec.target.kind !== 'classification' || pooledLabels === 'episode') return undefined;
  if (spec.trainingClasses === undefined) {
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      'fine-tuning: pre-training needs to know how many classes the meta-training split has, and this distribution does not say. ' +
        'Create it with `identities: true`, or set `pooledLabels: "episode"` if its labels are fixed.',
      { missing: 'trainingClasses' },
    );
  }
  if (head === 'keep') {
    throw new TasklearnError(
      'INVALID_OPTION',
      'fine-tuning: option `head` is `keep`, but the head of pre-training tells the training classes apart and a new task has others. ' +
        'Use `auto` or `new`.',
      { key: 'head', received: head, expected: 'auto' },
    );
  }
  return spec.trainingClasses;
}

function validate(options: FineTuningOptions): void {
  requireInteger('fine-tuning', options, 'steps', 0);
  if (options.learningRate !== null) {
    requirePositive('fine-tuning', { learningRate: options.learningRate }, 'learningRate');
  }
  requireOneOf('fine-tuning', options, 'innerOptimizer', ['sgd', 'adam']);
  requirePositive('fine-tuning', options, 'layerRateDecay');
  requireInRange('fine-tuning', options, 'layerRateDecay', 0, 1);
  requireInteger('fine-tuning', options, 'frozenLayers', 0);
  requireOneOf('fine-tuning', options, 'head', ['auto', 'keep', 'new']);
  requireOneOf('fine-tuning', options, 'schedule', ['constant', 'slantedTriangular']);
  requireOneOf('fine-tuning', options, 'pooledLabels', ['identities', 'episode']);
  validateNetworkOptions('fine-tuning', options.model);
}
