import { flattenTree, type GradientTransformation, type TreeSpec, unflattenTree } from '@tasklearn/core';
import { oneHot, softplus, stopGradient, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { NetworkParameters, StreamNetwork } from '../engine/network.js';
import type { ItemBatch } from '../memory/item-batch.js';

/** What one update takes. */
export type IcarlInput<Leaf = Tensor> = {
  /** θ, [P]. */
  readonly theta: Leaf;
  readonly optimizer: { readonly [name: string]: Leaf };
  /** Updates made before, []. */
  readonly step: Leaf;
  /** [1, B, ...]. */
  readonly batch: ItemBatch<Leaf>;
  /** The network before the task at hand, [P]. */
  readonly old: Leaf;
  /** 1 for classes of earlier tasks, [N]. */
  readonly oldClasses: Leaf;
  /** 1 for classes met, [N]. */
  readonly metClasses: Leaf;
};

/** What one update returns. */
export type IcarlOutput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: { readonly [name: string]: Leaf };
};

/**
 * Binary cross-entropy of every class met, summed over classes, averaged over items; targets are the old network's outputs for
 * earlier classes and the labels for the others.
 */
export function icarlLoss(
  outputs: Tensor,
  old: Tensor,
  { targets, mask }: Pick<ItemBatch, 'targets' | 'mask'>,
  oldClasses: Tensor,
  metClasses: Tensor,
): Scalar {
  const classes = outputs.shape[2] as number;
  const labels = oneHot(targets, classes).mul(tf.sub(1, oldClasses));
  const wanted = labels.add(stopGradient(tf.sigmoid(old)).mul(oldClasses)); // [1, B, N]
  const entropy = softplus(outputs).sub(outputs.mul(wanted)).mul(metClasses); // −y z + log(1 + e^z)
  return tf.sum(entropy.sum(2).mul(mask)).div(tf.maximum(tf.sum(mask), 1)) as Scalar;
}

/** One update as a recordable function. */
export function icarlStep(network: StreamNetwork, thetaSpec: TreeSpec, optimizer: GradientTransformation) {
  return ({ theta, optimizer: state, step, batch, old, oldClasses, metClasses }: IcarlInput): IcarlOutput => {
    const outputs = ({ head, body }: NetworkParameters) =>
      network.outputs(head, network.features(body, batch.inputs));
    const before = outputs(unflattenTree<NetworkParameters>(old, thetaSpec));
    const { gradients } = valueAndGradients(
      (tree: NetworkParameters) => icarlLoss(outputs(tree), before, batch, oldClasses, metClasses),
      unflattenTree<NetworkParameters>(theta, thetaSpec),
    );
    const next = optimizer.update(flattenTree(gradients).vector, state, theta, step);
    return { theta: theta.add(next.change), optimizer: next.state as IcarlOutput['optimizer'] };
  };
}

/** Features of length 1, [B, F], of inputs [1, B, ...]. */
export function unitFeatures(
  network: StreamNetwork,
  thetaSpec: TreeSpec,
  theta: Tensor,
  inputs: Tensor,
): Tensor {
  const { body } = unflattenTree<NetworkParameters>(theta, thetaSpec);
  const features = network.features(body, inputs);
  const flat = features.reshape([features.shape[1] as number, features.shape[2] as number]);
  return flat.div(tf.sqrt(tf.sum(tf.square(flat), 1, true).add(1e-12)));
}

/** Softmax of minus the squared distances to the means of classes, [B, N]; classes without a mean are out of reach. */
export function nearestMean(features: Tensor, means: Tensor, known: Tensor): Tensor {
  const products = tf.matMul(features, means, false, true);
  const lengths = tf.sum(tf.square(means), 1); // [N]; those of the features are 1.
  const logits = products.mul(2).sub(lengths).add(tf.sub(known, 1).mul(1e9));
  return tf.softmax(logits);
}
