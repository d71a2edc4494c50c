import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { meanOverItems } from './mean-over-items.js';
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
    `crossEntropy: expected targets int32 [${items}] or probabilities float32 [${logits.shape}] for logits [${logits.shape}], got ${targets.dtype} [${targets.shape}].`,
    { expected: logits.shape, actual: targets.shape, dtype: targets.dtype },
  );
}

/**
 * −log softmax(z)·y per item. The gradient, dy (softmax(z) − y), is written out, so that neither the largest
 * logit nor the exponentials are differentiated: few operations, and right to second order through softmax.
 */
function itemCrossEntropy(logits: Tensor, probabilities: Tensor): Tensor {
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
  return perItem(logits, probabilities);
}

/**
 * Cross-entropy from logits, the negative log-likelihood of a categorical distribution, averaged over items.
 *
 * L_t = mean_b ( log Σ_n exp z_tbn − Σ_n y_tbn z_tbn )
 *
 * Right to second order in the logits once `enableHigherOrderGradients()` has been called, as every
 * differentiating function of this package does; targets take no gradient. The largest logit is subtracted
 * first, so logits of any size are safe.
 *
 * @param logits - z, [T, B, N].
 * @param targets - class indices int32 [T, B], or probabilities y float32 [T, B, N] that sum to 1.
 * @param mask - 0/1, [T, B].
 * @returns nats, [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if targets fit neither form.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  return meanOverItems(itemCrossEntropy(logits, targetProbabilities(logits, targets)), mask);
}
