import { conjugateGradient, hvp, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What {@link trustRegionStep} climbs, and how far it may go. */
export interface TrustRegionProblem {
  /** To be raised; of θ [P]. */
  readonly gain: (theta: Tensor) => Scalar;
  /** Distance from where θ was, 0 there with slope 0. */
  readonly divergence: (theta: Tensor) => Scalar;
  /** δ > 0. */
  readonly radius: number;
  /** Steps of conjugate gradients. */
  readonly conjugateSteps: number;
  /** Added to the product, >= 0. */
  readonly damping: number;
  /** Lengths tried, each half the last. */
  readonly lineSearchSteps: number;
}

/** The step and how it went. */
export interface TrustRegionResult {
  /** θ after the step, [P]; θ itself where no length was good. */
  readonly theta: Tensor;
  /** Of shape [4]: gain before, gain after, divergence, share of the full step that was taken. */
  readonly report: Tensor;
}

const dot = (a: Tensor, b: Tensor) => tf.sum(a.mul(b)) as Scalar;

/**
 * One step of natural gradient inside a trust region: x ≈ H⁻¹ g by conjugate gradients with products H v of the divergence's
 * second derivative; the longest of β x, β x / 2, β x / 4, ... with β = √(2δ / xᵀHx) that raises the gain and keeps the
 * divergence within δ. All lengths are evaluated and one is chosen without branching, so that it can be recorded.
 *
 * @param theta - [P].
 * @see Schulman, Levine, Abbeel, Jordan, Moritz. Trust Region Policy Optimization. ICML 2015. arXiv:1502.05477.
 */
export function trustRegionStep(theta: Tensor, problem: TrustRegionProblem): TrustRegionResult {
  const { gain, divergence, radius, conjugateSteps, damping, lineSearchSteps } = problem;
  const { value: before, gradients } = valueAndGradients(({ at }) => gain(at), { at: theta });
  const slope = gradients.at;
  const product = (v: Tensor) =>
    hvp(({ at }: { at: Tensor }) => divergence(at), { at: theta }, { at: v }).at.add(v.mul(damping));
  const direction = conjugateGradient(product, slope, { iterations: conjugateSteps });
  const curvature = tf.maximum(dot(direction, product(direction)), 1e-12);
  const full = direction.mul(tf.sqrt(tf.div(2 * radius, curvature))); // [P]
  let open: Tensor = tf.scalar(1); // 1 until a length has been good
  let share: Tensor = tf.scalar(0);
  let after: Tensor = before;
  let distance: Tensor = tf.scalar(0);
  for (let step = 0; step < lineSearchSteps; step += 1) {
    const length = 0.5 ** step;
    const candidate = theta.add(full.mul(length));
    const [raised, moved] = [gain(candidate), divergence(candidate)];
    const good = tf.logicalAnd(tf.greater(raised, before), tf.lessEqual(moved, radius * 1.01));
    const chosen = good.cast('float32').mul(open);
    open = open.sub(chosen);
    share = share.add(chosen.mul(length));
    after = after.add(chosen.mul(raised.sub(before)));
    distance = distance.add(chosen.mul(moved));
  }
  return { theta: theta.add(full.mul(share)), report: tf.stack([before, after, distance, share]) };
}
