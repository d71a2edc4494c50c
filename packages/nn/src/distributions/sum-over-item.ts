import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { flattenItems } from '../losses/flatten-items.js';

/** Σ over the numbers of each item: [T, B, ...] -> [T, B]. The caller disposes. */
export function sumOverItem(x: Tensor): Tensor {
  return x.rank === 2 ? x.clone() : tf.sum(flattenItems(x), 2);
}
