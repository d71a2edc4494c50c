import { TasklearnError } from '@tasklearn/core';
import { oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ClassState, Readout } from './metric-learner-parts.js';

/** Far below any similarity, and finite: a difference of two of them must not be NaN. */
const FAR = 1e9;

/** One centre per class, in order: similarities are the logits. For prototypes. */
export function softmaxOverCentres(): Readout {
  return { name: 'softmaxOverCentres', logits: (scores, state) => withoutInactive(scores, state) };
}

/**
 * Several centres per class: the best of them speaks for it (`max`), or all by their softmax weights (`sum`, the attention of
 * matching networks: p(n) = Σ_{c of n} softmax_c(score)).
 */
export function softmaxOverClasses(pool: 'max' | 'sum'): Readout {
  return {
    name: `softmaxOverClasses(${pool})`,
    logits(scores, state) {
      const own = tf.expandDims(state.owner, 1); // [T, 1, C, N]
      const spread = tf.expandDims(withoutInactive(scores, state), -1); // [T, Q, C, 1]
      const perClass = tf.add(tf.mul(spread, own), tf.mul(tf.sub(own, 1), FAR)); // [T, Q, C, N], -FAR for other classes
      const best = tf.max(perClass, 2); // [T, Q, N]
      if (pool === 'max') return best;
      const above = tf.sub(perClass, tf.expandDims(best, 2));
      return tf.add(tf.log(tf.sum(tf.exp(above), 2)), best);
    },
  };
}

/**
 * The k most similar centres vote. Ties go to the class whose centres are nearer.
 *
 * p(n) = (votes of n + ε) / Σ (votes + ε)
 *
 * @param neighbours - k, an integer >= 1; where there are fewer centres, all vote.
 */
export function nearestVotes(neighbours: number): Readout {
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `nearestVotes: option \`neighbours\` must be an integer >= 1, got ${neighbours}.`,
      {
        key: 'neighbours',
        received: neighbours,
      },
    );
  }
  return {
    name: `nearestVotes(${neighbours})`,
    logits(scores, state) {
      const centres = scores.shape[2] as number;
      let left = withoutInactive(scores, state); // [T, Q, C]
      let votes: Tensor = tf.zeros([...scores.shape.slice(0, 2), state.owner.shape[2] as number]); // [T, Q, N]
      for (let rank = 0; rank < Math.min(neighbours, centres); rank++) {
        const chosen = oneHot(tf.argMax(left, -1), centres); // [T, Q, C]
        const counts = state.active ? tf.mul(chosen, tf.expandDims(state.active, 1)) : chosen;
        const weight = 1 + 1e-3 / (rank + 1); // nearer ones break ties
        votes = tf.add(votes, tf.mul(tf.matMul(counts, state.owner), weight));
        left = tf.sub(left, tf.mul(chosen, 2 * FAR));
      }
      return tf.log(tf.add(votes, 1e-3));
    },
  };
}

function withoutInactive(scores: Tensor, { active }: ClassState): Tensor {
  if (active === undefined) return scores;
  return tf.add(scores, tf.mul(tf.sub(tf.expandDims(active, 1), 1), FAR)); // [T, Q, C]
}
