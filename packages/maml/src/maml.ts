import { type PartialOptions, resolveOptions, TasklearnError } from '@tasklearn/core';
import { isImageShape, optimizerFor } from '@tasklearn/nn';
import { adaptedLeaves } from './engine/adapted-leaves.js';
import { fixedRate, learnedRate, type RateChoice } from './engine/inner-rate.js';
import { gradientDescent } from './engine/inner-solver.js';
import { firstOrder, unrolled } from './engine/meta-gradient.js';
import { type GradientLearner, metaLearner } from './engine/meta-learner.js';
import type { InnerRate, MetaGradient } from './engine/meta-learner-parts.js';
import { reverseHvp } from './engine/reverse-hvp.js';
import { learnedStart } from './engine/start.js';
import { taskLoss } from './engine/task-loss.js';
import { type MamlOptions, mamlDefaults, validateMamlOptions } from './maml-options.js';
import { modelFor } from './model-options.js';

/**
 * Model-agnostic meta-learning: an initialisation from which a few gradient steps on a task's support set do well on its query set.
 *
 * min_θ mean_t L_Q,t(φ_t),  φ_t = k steps of φ ← φ − α ∇L_S,t(φ) from θ
 *
 * First-order MAML, ANIL and Meta-SGD are this learner with other options.
 *
 * @param options - those given; the rest are {@link mamlDefaults}.
 * @throws `INVALID_OPTION` for an unknown key, a value out of range, or for `reverseHvp` at first order, which takes no such product.
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks. ICML 2017. arXiv:1703.03400.
 */
export function createMaml(options: PartialOptions<MamlOptions> = {}): GradientLearner {
  const all = resolveOptions('maml', mamlDefaults, options);
  validateMamlOptions('maml', all);
  return metaLearner({
    model: (spec) => modelFor(spec, all.model, { innerSteps: all.innerSteps }),
    adapted: adaptedLeaves(all.adapted),
    start: learnedStart(),
    innerLoss: taskLoss(),
    solver: gradientDescent({ clip: all.innerGradientClip }),
    rate: rateFrom(all),
    steps: { train: all.innerSteps, test: all.testSteps },
    metaGradient: metaGradientFrom(all),
    outer: [],
    optimizer: optimizerFor(all.optimizer),
  });
}

/** The paper's rates: 0.4 for images under batch normalisation, 0.01 for vectors. */
export function rateOrDefault(rate: number | null, images: number, vectors: number): RateChoice {
  return rate ?? ((spec) => (isImageShape(spec.input.shape) ? images : vectors));
}

function rateFrom({ innerLearningRate, learnedRates, rateSign }: MamlOptions): InnerRate {
  const initial = rateOrDefault(innerLearningRate, 0.4, 0.01);
  return learnedRates === 'none'
    ? fixedRate(initial)
    : learnedRate({ granularity: learnedRates, initial, sign: rateSign });
}

function metaGradientFrom({ order, derivative }: MamlOptions): MetaGradient {
  if (order === 'second') return derivative === 'unrolled' ? unrolled() : reverseHvp();
  if (derivative === 'unrolled') return firstOrder();
  throw new TasklearnError(
    'INVALID_OPTION',
    'maml: option `derivative` is `reverseHvp`, which takes second derivatives, while `order` is `first`. Leave one of them out.',
    { key: 'derivative', received: derivative, expected: 'unrolled' },
  );
}
