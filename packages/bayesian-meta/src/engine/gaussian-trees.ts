import { leavesOf, type Rng, type Tree, treeFromLeaves, zipTrees } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** N(μ, diag σ²) over a tree: two trees of one structure and shape. */
export type GaussianTree<P> = {
  /** μ. */
  readonly mean: P;
  /** log σ. */
  readonly logDeviation: P;
};

/** μ + σ ε with ε ~ N(0, I): differentiable in μ and log σ. */
export function sampleGaussianTree<P extends Tree<Tensor>>(
  { mean, logDeviation }: GaussianTree<P>,
  rng: Rng,
): P {
  const deviations = leavesOf(logDeviation);
  const drawn = leavesOf(mean).map((leaf: Tensor, index) =>
    leaf.add(tf.exp(deviations[index] as Tensor).mul(rng.split(index).normal(leaf.shape))),
  );
  return treeFromLeaves(mean, drawn) as P;
}

/** KL(N(μ_q, σ_q²) ‖ N(μ_p, σ_p²)) of single numbers, of their shape. */
export function gaussianDivergence(
  meanQ: Tensor,
  logDeviationQ: Tensor,
  meanP: Tensor,
  logDeviationP: Tensor,
): Tensor {
  const ratio = tf.exp(logDeviationQ.sub(logDeviationP).mul(2)); // σ_q² / σ_p²
  const distance = tf.square(meanQ.sub(meanP)).mul(tf.exp(logDeviationP.mul(-2)));
  return ratio.add(distance).sub(1).mul(0.5).add(logDeviationP).sub(logDeviationQ);
}

/** KL(q ‖ p) of two Gaussians over trees with leaves [T, ...], summed over all numbers of a task: [T]. */
export function divergencePerTask<P extends Tree<Tensor>>(q: GaussianTree<P>, p: GaussianTree<P>): Tensor {
  const [qDeviation, pMean, pDeviation] = [q.logDeviation, p.mean, p.logDeviation].map((tree) =>
    leavesOf(tree),
  );
  const parts = leavesOf(q.mean).map((meanQ: Tensor, index) => {
    const each = gaussianDivergence(
      meanQ,
      qDeviation?.[index] as Tensor,
      pMean?.[index] as Tensor,
      pDeviation?.[index] as Tensor,
    );
    return tf.sum(each.reshape([meanQ.shape[0] as number, -1]), 1);
  });
  return tf.addN(parts);
}

/** a − rate · b, leaf by leaf. */
export function stepAgainst<P extends Tree<Tensor>>(tree: P, direction: P, rate: number): P {
  return zipTrees((leaf: Tensor, slope: Tensor) => leaf.sub(slope.mul(rate)), tree, direction) as P;
}
