import { logSumExp } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Statistics } from './expert.js';
import { LOG_ZERO } from './run-lengths.js';

function mapStatistics(fn: (...leaves: Tensor[]) => Tensor, ...all: readonly Statistics[]): Statistics {
  const names = Object.keys(all[0] as Statistics);
  return Object.fromEntries(
    names.map((name) => [name, fn(...all.map((statistics) => statistics[name] as Tensor))]),
  );
}

/** [B] as [B, 1, 1, ...] of a rank. */
function column(rows: Tensor, rank: number): Tensor {
  return rows.reshape([rows.size, ...Array<number>(rank - 1).fill(1)]);
}

/** Statistics, or those of no data where a segment begins. */
export function resetStatistics(statistics: Statistics, prior: Statistics, switched: Tensor): Statistics {
  return mapStatistics(
    (old, fresh) => {
      const share = column(switched, old.rank);
      return fresh.mul(share).add(old.mul(tf.sub(1, share)));
    },
    statistics,
    prior,
  );
}

/** The new run's statistics before those of the others: [B, R + 1, ...]. */
export function grownStatistics(prior: Statistics, statistics: Statistics): Statistics {
  return mapStatistics((fresh, old) => tf.concat([fresh, old], 1), prior, statistics);
}

/** Mass and statistics of R + 1 runs folded into R: the two longest become one, whose statistics are those of the likelier. */
export function foldedRuns(
  logRuns: Tensor,
  statistics: Statistics,
): { readonly logRuns: Tensor; readonly statistics: Statistics } {
  const [streams, all] = logRuns.shape as [number, number];
  const runs = all - 1;
  const newer = tf.slice(logRuns, [0, runs - 1], [streams, 1]);
  const older = tf.slice(logRuns, [0, runs], [streams, 1]);
  const joined = logSumExp(tf.concat([newer, older], 1), 1).expandDims(1);
  const share = tf.greater(older, newer).cast('float32');
  const last = (leaf: Tensor, place: number) => {
    const rest = leaf.shape.slice(2);
    return tf.slice(leaf, [0, place, ...rest.map(() => 0)], [streams, 1, ...rest]);
  };
  const folded = mapStatistics((leaf) => {
    const rest = leaf.shape.slice(2);
    const chosen = column(share, leaf.rank);
    const kept = last(leaf, runs)
      .mul(chosen)
      .add(last(leaf, runs - 1).mul(tf.sub(1, chosen)));
    return tf.concat([tf.slice(leaf, [0, 0, ...rest.map(() => 0)], [streams, runs - 1, ...rest]), kept], 1);
  }, statistics);
  const others = tf.slice(logRuns, [0, 0], [streams, runs - 1]);
  return { logRuns: tf.concat([others, joined], 1), statistics: folded };
}

/** log b and statistics before the first item, for R run lengths: all mass at r = 0. */
export function firstRuns(prior: Statistics, streams: number, runs: number) {
  const logRuns = tf.concat([tf.zeros([streams, 1]), tf.fill([streams, runs - 1], LOG_ZERO)], 1);
  const statistics = mapStatistics((leaf) => {
    const [, , ...rest] = leaf.shape;
    return leaf.add(tf.zeros([1, runs, ...rest]));
  }, prior);
  return { logRuns, statistics };
}
