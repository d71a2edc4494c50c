import type { PredictiveDistribution, Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gaussianLogDensity } from './gaussian.js';
import { sumOverItem } from './sum-over-item.js';

/** A distribution on (−1, 1) that also gives a sample with its log-probability, and its most central value. */
export interface TanhGaussian extends PredictiveDistribution {
  /** y = tanh(μ + σ ε) and log p(y), [T, B], without inverting tanh; differentiable in μ and σ. */
  sampleWithLogProbability(rng: Rng): { readonly sample: Tensor; readonly logProbability: Tensor };
  /** Differential entropy in nats, [T, B]. */
  entropy(): Tensor;
  /** tanh μ, the median. */
  median(): Tensor;
}

/** Targets nearer to ±1 than this have no finite inverse in float32. */
const LARGEST = 1 - 1e-6;
/** Trapezoids over the standard normal from −6 to 6; for an analytic integrand their error falls exponentially. */
const SPACING = 0.25;
const POINTS = 49;

/** log(1 − tanh² u) = 2 (log 2 − u − log(1 + e^{−2u})), finite for every u. */
export function logTanhSlope(u: Tensor): Tensor {
  return tf
    .sub(Math.LN2, u)
    .sub(tf.softplus(u.mul(-2)))
    .mul(2);
}

/** E[f(u)] for u ~ N(μ, σ²), of the shape of μ. */
function expectation(f: (u: Tensor) => Tensor, mean: Tensor, standardDeviation: Tensor): Tensor {
  const nodes = Array.from({ length: POINTS }, (_, index) => (index - (POINTS - 1) / 2) * SPACING);
  const weights = nodes.map((z) => (SPACING * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
  const column = (x: Tensor) => x.reshape([...x.shape, 1]);
  const u = column(mean).add(column(standardDeviation).mul(tf.tensor1d(nodes))); // [..., points]
  return tf.sum(f(u).mul(tf.tensor1d(weights)), -1);
}

/**
 * y = tanh(u), u ~ N(μ, σ²), number by number: actions in (−1, 1).
 *
 * log p(y) = Σ_d ( log N(u_d; μ_d, σ_d²) − log(1 − tanh² u_d) )
 *
 * `mean`, `variance` and `entropy` are integrated by the trapezoidal rule to about six digits for σ ≤ 3.
 *
 * @param mean - μ, [T, B, ...].
 * @param standardDeviation - σ > 0, of the shape of μ.
 * @remarks `logProbability` clips targets to ±(1 − 10⁻⁶); prefer `sampleWithLogProbability` for its own samples.
 * @see Haarnoja, Zhou, Abbeel, Levine. Soft Actor-Critic. ICML 2018, appendix C. arXiv:1801.01290.
 */
export function tanhGaussian(mean: Tensor, standardDeviation: Tensor): TanhGaussian {
  const logProbabilityOf = (u: Tensor) =>
    sumOverItem(gaussianLogDensity(u, mean, standardDeviation).sub(logTanhSlope(u)));
  const draw = (rng: Rng) => mean.add(standardDeviation.mul(rng.normal(mean.shape)));
  return {
    family: 'tanhGaussian',
    parameters: { mean, standardDeviation },
    mean: () => expectation(tf.tanh, mean, standardDeviation),
    median: () => tf.tanh(mean),
    logProbability(targets) {
      const y = tf.maximum(tf.minimum(targets.reshape(mean.shape), LARGEST), -LARGEST);
      return logProbabilityOf(tf.log(tf.add(1, y).div(tf.sub(1, y))).mul(0.5));
    },
    // H(y) = H(u) + E[log |dy/du|]
    entropy() {
      const slope = expectation(logTanhSlope, mean, standardDeviation);
      return sumOverItem(
        tf
          .log(standardDeviation)
          .add(0.5 * Math.log(2 * Math.PI * Math.E))
          .add(slope),
      );
    },
    sample: (rng) => tf.tanh(draw(rng)),
    sampleWithLogProbability(rng) {
      const u = draw(rng);
      return { sample: tf.tanh(u), logProbability: logProbabilityOf(u) };
    },
    variance() {
      const square = expectation((u) => tf.square(tf.tanh(u)), mean, standardDeviation);
      return square.sub(tf.square(expectation(tf.tanh, mean, standardDeviation)));
    },
  };
}
