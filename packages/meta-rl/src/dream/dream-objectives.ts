import { stopGradient } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * KL( N(f, ρ² I) ‖ N(0, I) ) = ½ (‖f‖² + d ρ² − d − d log ρ²): an upper bound on the mutual information of z and the
 * problem, once averaged over problems.
 *
 * @param embedding - f, [..., d].
 * @param variance - ρ² > 0.
 * @returns [...].
 */
export function bottleneckDivergence(embedding: Tensor, variance: number): Tensor {
  const size = embedding.shape[embedding.rank - 1] as number;
  const constant = size * (variance - 1 - Math.log(variance));
  return tf.sum(tf.square(embedding), -1).add(constant).mul(0.5);
}

/**
 * How far the decoder is from the embedding after each part of the exploration: ‖⊥f(μ) − g(τ_{:t})‖². Only the decoder
 * learns from it.
 *
 * @param embedding - f(μ), [B, d].
 * @param decoded - g(τ_{:t}), [B, L + 1, d].
 * @returns [B, L + 1].
 */
export function decodingError(embedding: Tensor, decoded: Tensor): Tensor {
  return tf.sum(tf.square(decoded.sub(stopGradient(embedding).expandDims(1))), -1);
}

/**
 * What each exploration step earns: the information that it adds about z, less its cost. Summed over the exploration it is
 * the fall of the error from before the first step to after the last (it telescopes).
 *
 * r_t = (e_t − e_{t+1}) / (2ρ²) − c, with e from {@link decodingError}. Constant for every gradient.
 *
 * @param errors - e, [B, L + 1].
 * @returns [B, L].
 */
export function explorationRewards(errors: Tensor, variance: number, cost: number): Tensor {
  const [trials, length] = errors.shape as [number, number];
  const before = tf.slice(errors, [0, 0], [trials, length - 1]);
  const after = tf.slice(errors, [0, 1], [trials, length - 1]);
  return stopGradient(
    before
      .sub(after)
      .mul(0.5 / variance)
      .sub(cost),
  );
}

/**
 * Double Q-learning's squared temporal difference, averaged over the steps where `mask` is 1.
 *
 * y = r + γ d Q̄(s′, argmax Q(s′, ·)), constant
 *
 * @param values - Q(s, ·), [B, L, A].
 * @param nextValues - Q(s′, ·) of the online parameters, [B, L, A].
 * @param nextTargets - Q̄(s′, ·), [B, L, A].
 * @param step - chosen actions one-hot [B, L, A], rewards, γ d and mask, [B, L] each.
 * @returns a scalar.
 * @see van Hasselt, Guez, Silver. AAAI 2016. arXiv:1509.06461.
 */
export function doubleQLoss(
  values: Tensor,
  nextValues: Tensor,
  nextTargets: Tensor,
  step: {
    readonly chosen: Tensor;
    readonly reward: Tensor;
    readonly discount: Tensor;
    readonly mask: Tensor;
  },
): tf.Scalar {
  const actions = values.shape[2] as number;
  const best = tf.oneHot(tf.argMax(nextValues, -1).cast('int32'), actions); // [B, L, A]
  const bootstrap = tf.sum(nextTargets.mul(best), -1); // [B, L]
  const target = stopGradient(step.reward.add(step.discount.mul(bootstrap)));
  const error = tf.square(tf.sum(values.mul(step.chosen), -1).sub(target)).mul(step.mask);
  return tf.sum(error).div(tf.maximum(tf.sum(step.mask), 1)) as tf.Scalar;
}
