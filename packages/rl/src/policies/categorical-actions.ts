import { categorical, logSumExp, oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';
import { assertSameFamily } from './assert-same-family.js';

/**
 * One of A discrete actions: π(a | s) = softmax(z)_a.
 *
 * KL(π ‖ π′) = Σ_a π_a (z_a − z′_a) − log Σ exp z + log Σ exp z′
 *
 * @param logits - z, [T, B, A].
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { categoricalActions } from '@tasklearn/rl';
 *
 * const policy = categoricalActions(tf.tensor([[[0, Math.log(3)]]]));
 * policy.logProbability(tf.tensor([[1]])).exp().arraySync(); // => [[0.75]]
 * ```
 */
export function categoricalActions(logits: Tensor): ActionDistribution {
  const base = categorical(logits);
  const indices = (actions: Tensor) => actions.reshape(logits.shape.slice(0, -1)).cast('int32'); // [T, B]
  const logProbability = (actions: Tensor) => base.logProbability(indices(actions));
  const own: ActionDistribution = {
    family: 'categorical',
    numbers: logits,
    sample: (rng) => base.sample(rng),
    mode: () => tf.argMax(logits, -1),
    logProbability,
    sampleWithLogProbability(rng) {
      const sample = base.sample(rng);
      return { sample, logProbability: logProbability(sample) };
    },
    entropy: () => base.entropy?.() as Tensor,
    divergence(other) {
      assertSameFamily(own, other);
      const expected = tf.sum(tf.softmax(logits).mul(logits.sub(other.numbers)), -1); // [T, B]
      return expected.sub(logSumExp(logits)).add(logSumExp(other.numbers));
    },
  };
  return own;
}

/** The head of {@link categoricalActions} for `actions` actions. */
export function categoricalHead(actions: number): ActionHead {
  return {
    family: 'categorical',
    size: actions,
    actionSize: 1,
    discrete: true,
    distribution: categoricalActions,
  };
}

/**
 * Boltzmann exploration, π(a | s) ∝ exp(Q(s, a) / α).
 *
 * @param values - Q(s, ·), [T, B, A].
 * @param temperature - α > 0; towards 0 it becomes greedy.
 */
export function boltzmannActions(values: Tensor, temperature: number | Tensor): ActionDistribution {
  return categoricalActions(values.div(temperature));
}

/**
 * The best action with probability 1 − ε + ε / A, each other one with ε / A.
 *
 * @param values - Q(s, ·), [T, B, A].
 * @param epsilon - ε in [0, 1], or a scalar tensor.
 */
export function epsilonGreedyActions(values: Tensor, epsilon: number | Tensor): ActionDistribution {
  const actions = values.shape[values.rank - 1] as number;
  const best = oneHot(tf.argMax(values, -1), actions); // [T, B, A]
  const exploring = tf.mul(epsilon, 1 / actions);
  const probabilities = best.mul(tf.sub(1, epsilon)).add(exploring);
  return categoricalActions(tf.log(tf.maximum(probabilities, 1e-30)));
}
