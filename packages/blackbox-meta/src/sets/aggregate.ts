import { oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** How encoded items become one code per task. */
export type Aggregator = 'mean' | 'sum' | 'max' | 'perClass';

const LOWEST = -1e9;

/** Σ over items that count, and how many they are: [T, D] and [T, 1]. */
function summed(codes: Tensor, mask: Tensor | undefined): { readonly sum: Tensor; readonly count: Tensor } {
  const [tasks, items] = codes.shape as [number, number];
  if (mask === undefined) return { sum: tf.sum(codes, 1), count: tf.fill([tasks, 1], items) };
  return { sum: tf.sum(codes.mul(mask.expandDims(2)), 1), count: tf.sum(mask, 1, true) };
}

/**
 * Codes [T, S, D] as one per task, whatever their order.
 *
 * `perClass` joins the mean of each class by its label, [T, N · D]; it needs labels.
 *
 * @param mask - [T, S], 1 where an item counts.
 * @returns [T, D], or [T, N · D].
 */
export function aggregate(
  kind: Aggregator,
  codes: Tensor,
  mask: Tensor | undefined,
  classes?: { readonly labels: Tensor; readonly count: number },
): Tensor {
  if (kind === 'max') {
    if (mask === undefined) return tf.max(codes, 1);
    const shown = codes.add(tf.sub(1, mask).mul(LOWEST).expandDims(2));
    return tf.max(shown, 1).mul(tf.max(mask, 1, true)); // Of no items: 0.
  }
  if (kind === 'perClass' && classes !== undefined) {
    const members = oneHot(classes.labels, classes.count); // [T, S, N]
    const counted = mask === undefined ? members : members.mul(mask.expandDims(2));
    const sums = tf.matMul(counted, codes, true, false); // [T, N, D]
    const sizes = tf.maximum(tf.sum(counted, 1), 1).expandDims(2);
    const [tasks, , size] = sums.shape as [number, number, number];
    return sums.div(sizes).reshape([tasks, classes.count * size]);
  }
  const { sum, count } = summed(codes, mask);
  return kind === 'sum' ? sum : sum.div(tf.maximum(count, 1));
}
