import { conjugateGradient, hvp, oneHot, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What a trust-region step improves, and what it may not change much; both at parameters θ. */
export interface TrustRegion {
  /** L(θ), to be minimised, a scalar; at the old θ its gradient is minus the policy gradient. */
  readonly loss: Scalar;
  /** Mean KL(π_old ‖ π_θ), a scalar; 0 at the old θ. */
  readonly divergence: Scalar;
}

/** How a trust-region step is taken. */
export interface TrpoOptions {
  /** δ > 0, the largest mean KL. Default 0.01. */
  readonly maximumDivergence?: number;
  /** Steps of conjugate gradients, ≥ 1. Default 10. */
  readonly iterations?: number;
  /** Added to the Fisher matrix's diagonal, ≥ 0. Default 0.1. */
  readonly damping?: number;
  /** Lengths tried by the line search, ≥ 1. Default 10. */
  readonly backtracks?: number;
  /** Each length over the one before, in (0, 1). Default 0.5. */
  readonly shrink?: number;
  /**
   * L and KL at several parameters [J, P] at once, [J] each: the line search in one batch. Default: one by one.
   */
  readonly evaluateAll?: (candidates: Tensor) => { readonly loss: Tensor; readonly divergence: Tensor };
}

/** Parameters after a trust-region step. */
export interface TrpoResult {
  /** [P]. */
  readonly theta: Tensor;
  /** `loss` before, `improvement` in it, `divergence` after, `stepSize` taken of the full step (0 where none would do). */
  readonly metrics: Readonly<
    Record<'loss' | 'improvement' | 'divergence' | 'stepSize' | 'gradientNorm', Scalar>
  >;
}

/** L and KL at all candidates, [J] each. */
function evaluateEach(evaluate: (theta: Tensor) => TrustRegion, candidates: Tensor) {
  const found = tf.unstack(candidates).map(evaluate);
  return {
    loss: tf.stack(found.map(({ loss }) => loss)),
    divergence: tf.stack(found.map(({ divergence }) => divergence)),
  };
}

/** The first acceptable index as an indicator [J]; all 0 where none is. */
function firstOf(acceptable: Tensor): Tensor {
  const count = acceptable.shape[0] as number;
  const ranked = acceptable.mul(tf.range(count, 0, -1)); // The earlier the larger.
  return oneHot(tf.argMax(ranked), count).mul(tf.max(acceptable));
}

/**
 * One step of trust-region policy optimisation, recordable as a whole: nothing is read and nothing branches.
 *
 * x ≈ (F + c I)⁻¹ g by conjugate gradients, F the Hessian of the mean KL at θ (the Fisher matrix), known by its products;
 * the full step is √(2 δ / xᵀ F x) x; of its fractions 1, ½, ¼, ... the first is taken that lowers L and keeps KL ≤ δ, and none
 * where none does.
 *
 * @param evaluate - L and KL at parameters [P], KL against a policy that does not depend on them; twice differentiable.
 * @param theta - [P].
 * @returns tensors that the caller disposes.
 * @see Schulman, Levine, Moritz, Jordan, Abbeel. Trust Region Policy Optimization. ICML 2015, appendix C. arXiv:1502.05477.
 */
export function trpoStep(
  evaluate: (theta: Tensor) => TrustRegion,
  theta: Tensor,
  options: TrpoOptions = {},
): TrpoResult {
  const { maximumDivergence = 0.01, iterations = 10, damping = 0.1 } = options;
  const { backtracks = 10, shrink = 0.5 } = options;
  const { value, gradients } = valueAndGradients(({ at }) => evaluate(at).loss, { at: theta });
  const descent = tf.neg(gradients.at); // [P]
  const fisher = (v: Tensor) => hvp(({ at }) => evaluate(at).divergence, { at: theta }, { at: v }).at;
  const x = conjugateGradient((v) => fisher(v).add(v.mul(damping)), descent, { iterations });
  const curvature = tf.maximum(tf.sum(x.mul(fisher(x))), 1e-12);
  const full = x.mul(tf.sqrt(tf.div(2 * maximumDivergence, curvature))); // [P]
  const fractions = tf.tensor1d(Array.from({ length: backtracks }, (_, j) => shrink ** j)); // [J]
  const candidates = theta.add(fractions.reshape([backtracks, 1]).mul(full)); // [J, P]
  const { loss, divergence } = (options.evaluateAll ?? ((all) => evaluateEach(evaluate, all)))(candidates);
  const improves = tf.less(loss, value).cast('float32');
  const obeys = tf.lessEqual(divergence, maximumDivergence).cast('float32');
  const chosen = firstOf(improves.mul(obeys)); // [J]
  const stepSize = tf.sum(chosen.mul(fractions)) as Scalar;
  return {
    theta: theta.add(full.mul(stepSize)),
    metrics: {
      loss: value,
      improvement: tf.sum(tf.where(tf.greater(chosen, 0), value.sub(loss), tf.zerosLike(loss))) as Scalar,
      divergence: tf.sum(tf.where(tf.greater(chosen, 0), divergence, tf.zerosLike(loss))) as Scalar,
      stepSize,
      gradientNorm: tf.sqrt(tf.sum(tf.square(descent))) as Scalar,
    },
  };
}
