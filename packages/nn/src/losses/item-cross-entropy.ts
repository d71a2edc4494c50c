import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { oneHot } from './one-hot.js';

function targetProbabilities(logits: Tensor, targets: Tensor): Tensor {
  const classes = logits.shape[logits.rank - 1] as number;
  const items = logits.shape.slice(0, -1).join();
  if (targets.rank === logits.rank - 1 && targets.shape.join() === items && targets.dtype === 'int32') {
    return oneHot(targets, classes);
  }
  if (targets.shape.join() === logits.shape.join() && targets.dtype === 'float32') return targets;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `Cross-entropy: expected targets int32 [${items}] or probabilities float32 [${logits.shape}] for logits [${logits.shape}], got ${targets.dtype} [${targets.shape}].`,
    { expected: logits.shape, actual: targets.shape, dtype: targets.dtype },
  );
}

/**
 * −log softmax(z)·y of every item. The gradient, dy (softmax(z) − y), is written out, so that neither the largest
 * logit nor the exponentials are differentiated: few operations, and right to second order through softmax.
 *
 * @param logits - z, [T, B, N].
 * @param targets - class indices int32 [T, B], or probabilities y float32 [T, B, N].
 * @returns nats, [T, B]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if targets fit neither form.
 */
export function itemCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const perItem = tf.customGrad((...args) => {
    const [z, y, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([z, y]);
    const shifted = z.sub(z.max(-1, true)); // [T, B, N]
    const value = tf.log(tf.sum(tf.exp(shifted), -1)).sub(tf.sum(shifted.mul(y), -1)); // [T, B]
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [logit, target] = saved as [Tensor, Tensor];
      const slope = dy.reshape([...dy.shape, 1]);
      return [tf.softmax(logit).sub(target).mul(slope), tf.zerosLike(target)];
    };
    return { value, gradFunc };
  });
  return perItem(logits, targetProbabilities(logits, targets));
}
