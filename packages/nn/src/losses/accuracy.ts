import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { meanOverItems } from './mean-over-items.js';

/**
 * Share of items whose largest output is at the target's class. Not differentiable.
 *
 * @param outputs - logits or probabilities, [T, B, N].
 * @param targets - class indices int32, [T, B].
 * @param mask - 0/1, [T, B].
 * @returns in [0, 1], [T]. The caller disposes.
 */
export function accuracy(outputs: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  const hit = tf.argMax(outputs, -1).equal(targets).cast('float32'); // [T, B]
  return meanOverItems(hit, mask);
}
