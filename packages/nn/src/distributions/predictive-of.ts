import { type EpisodeSpec, type PredictiveDistribution, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gaussianParametersOf } from '../losses/gaussian-parameters-of.js';
import { outputSizeOf } from '../losses/output-size-of.js';
import { bernoulliDistribution } from './bernoulli-distribution.js';
import { categorical } from './categorical.js';
import { gaussian } from './gaussian.js';

function ofClasses(spec: Pick<EpisodeSpec, 'loss'>, outputs: Tensor): PredictiveDistribution {
  // One logit for two classes: softmax([0, z]) = [1 − σ(z), σ(z)].
  if (spec.loss === 'bernoulli') return categorical(tf.concat([tf.zerosLike(outputs), outputs], -1));
  return categorical(outputs);
}

/**
 * Reads a model's raw outputs as p(y | x), the distribution whose negative log-likelihood is the task's loss.
 *
 * | loss | distribution |
 * |---|---|
 * | `crossEntropy` | categorical of N logits |
 * | `bernoulli` | Bernoulli of one logit per number; for a classification, categorical over its two classes |
 * | `meanSquaredError`, `huber` | Gaussian with σ = 1 (for `huber` its mean is right, its tails are too light) |
 * | `gaussian` | Gaussian with a mean and a spread per number |
 * | a function | categorical for a classification, Gaussian with σ = 1 for a regression |
 *
 * @param spec - target and loss of the episodes.
 * @param outputs - [T, B, `outputSizeOf(spec)`].
 * @throws `SHAPE_MISMATCH` if outputs are of another size.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { predictiveOf } from '@tasklearn/nn';
 *
 * const spec = { target: { kind: 'classification', classes: 2 }, loss: 'crossEntropy' } as const;
 * const predictive = predictiveOf(spec, tf.tensor([[[0, Math.log(3)]]]));
 * predictive.mean().arraySync(); // => [[[0.25, 0.75]]]
 * ```
 */
export function predictiveOf(
  spec: Pick<EpisodeSpec, 'target' | 'loss'>,
  outputs: Tensor,
): PredictiveDistribution {
  const size = outputSizeOf(spec);
  const [tasks, items] = outputs.shape as [number, number];
  if (outputs.rank < 2 || outputs.size !== tasks * items * size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `predictiveOf: expected outputs [T, B, ${size}] for this target and loss, got [${outputs.shape}].`,
      { expected: size, actual: outputs.shape },
    );
  }
  if (spec.target.kind === 'classification') return ofClasses(spec, outputs);
  const shape = [tasks, items, ...spec.target.shape];
  if (spec.loss === 'bernoulli') return bernoulliDistribution(outputs.reshape(shape));
  if (spec.loss !== 'gaussian') return gaussian(outputs.reshape(shape), 1);
  const { mean, standardDeviation } = gaussianParametersOf(outputs);
  return gaussian(mean.reshape(shape), standardDeviation.reshape(shape));
}
