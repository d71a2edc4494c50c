import {
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicLearner,
  mapTree,
  type PredictiveDistribution,
  type Rng,
  type Support,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * How much predictions depend on the support set: 0 exactly for a learner that has memorised its tasks and ignores it.
 *
 * E KL( p(ŷ | x, D) ‖ p(ŷ | x, D′) ), D′ the support set of another task
 *
 * Memorisation is complete where I(ŷ; D | x, θ) = 0. Every task of the batch is given its neighbour's support set. Recordable.
 *
 * @param learner - any episodic learner whose predictions are categorical, Bernoulli or Gaussian.
 * @param episodes - T >= 2 tasks; only inputs of the query are used.
 * @returns nats per query item, []. The caller disposes.
 * @throws `UNSUPPORTED_TASK` for one task, or for predictions of another family.
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020. arXiv:1912.03820.
 */
export function memorizationProbe<Theta extends Tree<Tensor>, Phi extends Tree<Tensor>>(
  learner: EpisodicLearner<Theta, Phi>,
  theta: Theta,
  { support, query }: EpisodeBatch,
  rng: Rng,
  spec: EpisodeSpec,
): Scalar {
  const tasks = query.inputs.shape[0] as number;
  if (tasks < 2) {
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      'memorizationProbe: expected at least 2 tasks to swap supports between, got 1.',
      {
        expected: 2,
        received: tasks,
      },
    );
  }
  return tf.tidy(() => {
    const predict = (given: Support) => {
      const phi = learner.adapt(theta, given, rng.split('adapt'), spec);
      return learner.predict(theta, phi, query.inputs, rng.split('predict'), spec);
    };
    const swapped = mapTree(support as Tree<Tensor>, (leaf: Tensor) => nextTask(leaf)) as Support;
    return tf.mean(divergence(predict(support), predict(swapped))).asScalar();
  });
}

/** Row t becomes row t + 1, the last one the first. */
function nextTask(leaf: Tensor): Tensor {
  const rest = leaf.shape.slice(1);
  const tasks = leaf.shape[0] as number;
  const zeros = rest.map(() => 0);
  return tf.concat(
    [tf.slice(leaf, [1, ...zeros], [tasks - 1, ...rest]), tf.slice(leaf, [0, ...zeros], [1, ...rest])],
    0,
  );
}

/** KL(p ‖ q) of each item, [T, Q] or a shape that sums to it. */
function divergence(p: PredictiveDistribution, q: PredictiveDistribution): Tensor {
  const [mean, other] = [p.mean(), q.mean()];
  switch (p.family) {
    case 'categorical':
      return tf.sum(relativeEntropy(mean, other), -1);
    case 'bernoulli':
      return tf.add(relativeEntropy(mean, other), relativeEntropy(tf.sub(1, mean), tf.sub(1, other)));
    case 'gaussian': {
      const [variance, otherVariance] = [varianceOf(p), varianceOf(q)];
      const ratio = tf.div(variance, otherVariance);
      const distance = tf.div(tf.squaredDifference(mean, other), otherVariance);
      const perNumber = tf.mul(tf.sub(tf.add(ratio, distance), tf.add(tf.log(ratio), 1)), 0.5); // [T, Q, ...]
      const [tasks = 0, items = 0] = perNumber.shape;
      return tf.sum(tf.reshape(perNumber, [tasks, items, -1]), -1);
    }
    default:
      throw new TasklearnError(
        'UNSUPPORTED_TASK',
        `memorizationProbe: expected categorical, Bernoulli or Gaussian predictions, got '${p.family}'.`,
        { received: p.family },
      );
  }
}

function relativeEntropy(p: Tensor, q: Tensor): Tensor {
  const floor = 1e-12;
  return tf.mul(p, tf.sub(tf.log(tf.maximum(p, floor)), tf.log(tf.maximum(q, floor))));
}

function varianceOf(distribution: PredictiveDistribution): Tensor {
  return distribution.variance?.() ?? tf.onesLike(distribution.mean());
}
