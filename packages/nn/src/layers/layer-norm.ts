import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What is learned in layer normalisation; either may be left out. */
export interface LayerNormParameters {
  /** γ, [D] or [T, D]. */
  readonly gain?: Tensor;
  /** β, [D] or [T, D]. */
  readonly bias?: Tensor;
}

/** [D] as it is, [T, D] as [T, 1, ..., D] for x of this rank. */
function alongItems(parameter: Tensor, x: Tensor): Tensor {
  const features = x.shape[x.rank - 1] as number;
  const shape = parameter.shape.join();
  if (shape === `${features}`) return parameter;
  if (shape === `${x.shape[0]},${features}`) {
    return parameter.reshape([x.shape[0] as number, ...Array<number>(x.rank - 2).fill(1), features]);
  }
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `layerNorm: expected gain and bias [${features}] or [${x.shape[0]}, ${features}] for x [${x.shape}], got [${shape}].`,
    { expected: features, actual: parameter.shape },
  );
}

/**
 * Layer normalisation: each example by the mean and variance of its own features.
 *
 * y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over the last axis. No example sees another.
 *
 * @param x - [T, B, ..., D].
 * @param parameters - γ and β, each may or may not carry the task axis.
 * @param epsilon - ε > 0. Default 1e-5.
 * @returns the shape of x. The caller disposes.
 * @throws `SHAPE_MISMATCH` if γ or β do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { layerNorm } from '@tasklearn/nn';
 *
 * layerNorm(tf.tensor([[[1, 3]]])).arraySync(); // => [[[-1, 1]]]
 * ```
 *
 * @see Ba, Kiros, Hinton. Layer Normalization. 2016, eq. 4. arXiv:1607.06450.
 */
export function layerNorm(x: Tensor, parameters: LayerNormParameters = {}, epsilon = 1e-5): Tensor {
  const centred = x.sub(tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true); // [T, B, ..., 1]
  let y = centred.mul(tf.rsqrt(variance.add(epsilon)));
  if (parameters.gain !== undefined) y = y.mul(alongItems(parameters.gain, x));
  if (parameters.bias !== undefined) y = y.add(alongItems(parameters.bias, x));
  return y;
}
