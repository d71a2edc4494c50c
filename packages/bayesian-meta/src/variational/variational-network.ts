import { type LabelledSet, mapTree, type Rng, type Tree } from '@tasklearn/core';
import type { Model, Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { divergencePerTask, type GaussianTree, sampleGaussianTree } from '../engine/gaussian-trees.js';
import { repeatSet } from '../engine/labelled-sets.js';
import { repeatSamples, repeatTreeSamples, separateSamples, spreadOverTasks } from '../engine/sample-axis.js';

/** What Bayes by Backprop minimises. */
export type VariationalNetworkOptions = {
  readonly model: Model;
  /** log p(y | f(x)) of every item, [T, B], for outputs [T, B, out]. */
  readonly logLikelihood: (outputs: Tensor, targets: Tensor) => Tensor;
  /** σ₀ > 0 of the prior N(0, σ₀²) over every weight. */
  readonly priorDeviation: number;
  /** β >= 0, factor of the divergence; 1 is the evidence bound. */
  readonly divergenceWeight: number;
  /** S >= 1, samples of all weights per step. */
  readonly samples: number;
};

/** q(w) = N(μ, diag σ²) around first weights, with σ = e^`logDeviation`; −3 in the papers. The caller disposes. */
export function variationalWeights(mean: Parameters, logDeviation = -3): GaussianTree<Parameters> {
  return {
    mean,
    logDeviation: mapTree(mean, (leaf: Tensor) => tf.fill(leaf.shape, logDeviation)) as Parameters,
  };
}

/** KL(q ‖ N(0, σ₀²)) summed over all weights, []. */
export function weightDivergence(q: GaussianTree<Parameters>, priorDeviation: number): Scalar {
  const tree = spreadOverTasks(q as never as Tree<Tensor>, 1) as unknown as GaussianTree<Parameters>;
  const filled = (value: number) =>
    mapTree(tree.mean, (leaf: Tensor) => tf.fill(leaf.shape, value)) as Parameters;
  return divergencePerTask(tree, {
    mean: filled(0),
    logDeviation: filled(Math.log(priorDeviation)),
  }).asScalar();
}

/** Outputs of S sampled networks, [S, B, out]. */
export function sampledOutputs(
  model: Model,
  q: GaussianTree<Parameters>,
  inputs: Tensor,
  samples: number,
  rng: Rng,
): Tensor {
  const tree = spreadOverTasks(q as never as Tree<Tensor>, 1) as unknown as GaussianTree<Parameters>;
  const weights = sampleGaussianTree(repeatTreeSamples(tree, samples) as GaussianTree<Parameters>, rng);
  return model.apply(weights, repeatSamples(inputs, samples));
}

/**
 * Bayes by Backprop: (−E_q Σ log p(y | x, w) + β KL(q ‖ p)) / N, the negative evidence bound of a network per item of N. The divergence
 * is a sum over all weights and the likelihood one over all items: with a mean over items in its place the prior would win.
 *
 * @param set - one task, [1, N, ...].
 * @see Blundell, Cornebise, Kavukcuoglu, Wierstra. Weight Uncertainty in Neural Networks. ICML 2015. arXiv:1505.05424.
 */
export function variationalNetworkLoss(
  options: VariationalNetworkOptions,
  q: GaussianTree<Parameters>,
  set: LabelledSet,
  rng: Rng,
): Scalar {
  const { model, samples, priorDeviation, divergenceWeight } = options;
  const outputs = sampledOutputs(model, q, set.inputs, samples, rng); // [S, N, out]
  const each = options.logLikelihood(outputs, repeatSet(set, samples).targets); // [S, N]
  const fit = tf.mean(tf.sum(separateSamples(each, samples), 2)); // E_q Σ log p
  const items = set.targets.shape[1] as number;
  const penalty = weightDivergence(q, priorDeviation).mul(divergenceWeight);
  return penalty.sub(fit).div(items).asScalar();
}

/**
 * A dense layer whose weights are Gaussian, its outputs drawn instead of the weights:
 * h W + b ~ N(h M + m, h² S + s) has one noise per output and item, and less variance in its gradient.
 *
 * @param inputs - h, [T, B, in].
 * @param weight - means and log deviations, [in, out] or [T, in, out].
 * @param bias - the same, [out] or [T, out].
 * @see Kingma, Salimans, Welling. Variational Dropout and the Local Reparameterization Trick. NeurIPS 2015. arXiv:1506.02557.
 */
export function locallyReparameterized(
  inputs: Tensor,
  weight: { readonly mean: Tensor; readonly logDeviation: Tensor },
  bias: { readonly mean: Tensor; readonly logDeviation: Tensor },
  rng: Rng,
): Tensor {
  const perTask = (x: Tensor) =>
    x.rank === 2 ? tf.add(x.expandDims(0), tf.zeros([inputs.shape[0] as number, 1, 1])) : x;
  const row = (x: Tensor) => (x.rank === 1 ? x : x.expandDims(1));
  const mean = tf.matMul(inputs, perTask(weight.mean)).add(row(bias.mean));
  const spread = tf.matMul(tf.square(inputs), perTask(tf.exp(weight.logDeviation.mul(2))));
  const variance = spread.add(row(tf.exp(bias.logDeviation.mul(2))));
  return mean.add(tf.sqrt(variance).mul(rng.normal(mean.shape)));
}
