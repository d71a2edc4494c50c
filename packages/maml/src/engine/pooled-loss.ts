import { TasklearnError } from '@tasklearn/core';
import { accuracy, lossOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { refusesLearned, refusesTerms } from './meta-gradient.js';
import type { MetaGradient, OuterLoss, PooledProblem } from './meta-learner-parts.js';

/** What the pooled items are labelled with: their class among all training classes, or their label in the episode. */
export type PooledLabels = 'identities' | 'episode';

/**
 * Ordinary supervised learning on all items of all tasks together, with one set of weights and no task identity:
 * what fine-tuning starts from.
 *
 * L(θ) = mean over tasks, support and query of ℓ(f_θ(x), y)
 *
 * In N-way classification the labels of an episode are a random naming, so y is the item's class among all training classes
 * (`identities`) unless the distribution's naming is a fixed one (`episode`).
 */
export function pooled(labels: PooledLabels): MetaGradient {
  return {
    name: 'pooled',
    refuses: (parts) => refusesLearned(parts, 'pooled') ?? refusesTerms(parts, 'pooled'),
    pooledLoss: (problem) => pooledLoss(problem, labels),
  };
}

function pooledLoss({ theta, model, spec, items }: PooledProblem, labels: PooledLabels): OuterLoss {
  const classifies = spec.target.kind === 'classification';
  const byIdentity = classifies && labels === 'identities';
  const targets = together(byIdentity ? (items.identities ?? missingIdentities()) : items.targets);
  const mask = items.mask && together(items.mask);
  const outputs = model.apply(theta.model, together(items.inputs), { training: true }); // [1, T·B, out]
  const loss = tf.mean(lossOf(spec)(outputs, targets, mask)).asScalar();
  if (!classifies) return { loss, metrics: {} };
  return { loss, metrics: { accuracy: tf.mean(accuracy(outputs, targets, mask)).asScalar() } };
}

/** All tasks as one: [T, B, ...] to [1, T·B, ...]. Batch statistics are then those of the whole pool. */
function together(values: Tensor): Tensor {
  const [tasks = 0, items = 0, ...rest] = values.shape;
  return tf.reshape(values, [1, tasks * items, ...rest]);
}

function missingIdentities(): never {
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    'fine-tuning: pre-training needs the class of each item among all training classes, and these episodes carry only labels ' +
      'within the episode. Create the distribution with `identities: true`, or set `pooledLabels: "episode"` if its labels are fixed.',
    { missing: 'identities' },
  );
}
