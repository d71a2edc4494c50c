import type { PredictiveDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { sumOverItem } from './sum-over-item.js';

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** log N(y; μ, σ²) of each number, the shape of μ. */
export function gaussianLogDensity(targets: Tensor, mean: Tensor, standardDeviation: Tensor): Tensor {
  const scaled = targets.sub(mean).div(standardDeviation);
  return tf.square(scaled).mul(-0.5).sub(tf.log(standardDeviation)).sub(HALF_LOG_TWO_PI);
}

/**
 * Independent Gaussian numbers, y = μ + σ ε. With σ = 1 the squared error is its negative log-likelihood, but for a
 * factor and a constant. `sample` is differentiable in μ and σ.
 *
 * @param mean - μ, [T, B, ...].
 * @param standardDeviation - σ > 0, of the shape of μ, or one number for all.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { gaussian } from '@tasklearn/nn';
 *
 * gaussian(tf.tensor([[[0]]]), 2).logProbability(tf.tensor([[[2]]])).arraySync(); // => [[-2.11208571]]
 * ```
 */
export function gaussian(mean: Tensor, standardDeviation: Tensor | number): PredictiveDistribution {
  const sigma =
    typeof standardDeviation === 'number' ? tf.fill(mean.shape, standardDeviation) : standardDeviation;
  return {
    family: 'gaussian',
    parameters: { mean, standardDeviation: sigma },
    mean: () => mean.clone(),
    logProbability: (targets) => sumOverItem(gaussianLogDensity(targets.reshape(mean.shape), mean, sigma)),
    sample: (rng) => mean.add(sigma.mul(rng.normal(mean.shape))),
    entropy: () => sumOverItem(tf.log(sigma).add(0.5 + HALF_LOG_TWO_PI)),
    variance: () => tf.square(sigma),
  };
}
