import { type HostTensor, TasklearnError } from '@tasklearn/core';
import { oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { negativeSquaredEuclidean } from '../engine/similarity.js';
import type { ProbeHead } from './probe-head.js';

/** φ of cluster matching: votes of the support items for each cluster's label, [T, C, N], and the centres [C, d]. */
export type ClusterVotes = { readonly votes: Tensor; readonly centres: Tensor };

/**
 * Each support item votes with its label for the cluster it lies in; a query takes the label of its cluster, or of the nearest
 * cluster that has one.
 *
 * @param centres - of clusters found without labels, e.g. by `fitClusters`: [C, d], C >= 2.
 * @throws `SHAPE_MISMATCH` if centres are not [C, d].
 * @see Hsu, Levine, Finn. Unsupervised Learning via Meta-Learning. ICLR 2019, for this baseline.
 */
export function clusterHead(centres: HostTensor): ProbeHead<ClusterVotes> {
  const [clusters = 0] = centres.shape;
  if (centres.shape.length !== 2 || clusters < 2) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `clusterHead: expected at least 2 centres, [C, d], got [${centres.shape}].`,
      {
        received: centres.shape,
      },
    );
  }
  const compare = (features: Tensor, given: Tensor) => {
    const tasks = features.shape[0] as number;
    const tiled = tf.add(tf.expandDims(given, 0), tf.zeros([tasks, 1, 1])); // [T, C, d]
    return negativeSquaredEuclidean().compare(undefined, features, tiled); // [T, B, C]
  };
  return {
    name: 'clusters',
    fit(features, { targets, mask }, classes) {
      const given = tf.tensor2d(centres.data as Float32Array, centres.shape as [number, number]);
      const cluster = oneHot(tf.argMax(compare(features, given), -1), clusters); // [T, S, C]
      const counted = mask === undefined ? cluster : tf.mul(cluster, tf.expandDims(mask, -1));
      return { votes: tf.matMul(counted, oneHot(targets, classes), true, false), centres: given };
    },
    logits({ votes, centres: given }, features) {
      const labelled = tf.minimum(tf.sum(votes, -1), 1); // [T, C]
      const near = tf.add(compare(features, given), tf.mul(tf.sub(tf.expandDims(labelled, 1), 1), 1e9));
      const chosen = oneHot(tf.argMax(near, -1), clusters); // [T, Q, C]
      return tf.log(tf.add(tf.matMul(chosen, votes), 1e-3)); // [T, Q, N]
    },
  };
}
