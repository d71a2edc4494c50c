import type { LabelledSet, Rng } from '@tasklearn/core';
import { lossOf, oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { InnerLoss } from './meta-learner-parts.js';

/** What the task's loss is taken over. */
export interface TaskLossOptions {
  /** While θ is trained, each inner step sees this many items per task, drawn with replacement; 0 for all of them. */
  readonly miniBatch?: number;
}

/** L_S is the loss that the task brings along, on the labelled support set. */
export function taskLoss({ miniBatch = 0 }: TaskLossOptions = {}): InnerLoss {
  return {
    name: 'taskLoss',
    make({ model, spec, stage, support, rng }) {
      const loss = lossOf(spec);
      return (parameters, step) => {
        const draws = stage === 'train' && miniBatch > 0;
        const { inputs, targets, mask } = draws
          ? drawItems(support.labelled, miniBatch, rng.split(`items ${step}`))
          : support.labelled;
        return loss(
          model.apply(parameters, inputs, { innerStep: step, rng: rng.split(`model ${step}`) }),
          targets,
          mask,
        ); // [T]
      };
    },
  };
}

/**
 * `count` items of each task with replacement. A product with indicator rows instead of a gather: exact, and recordable with
 * indices that differ between tasks.
 */
function drawItems({ inputs, targets, mask }: LabelledSet, count: number, rng: Rng): LabelledSet {
  const [tasks = 0, items = 0] = inputs.shape;
  const last = tf.scalar(items - 1, 'int32');
  const index = tf.minimum(tf.cast(tf.floor(tf.mul(rng.uniform([tasks, count]), items)), 'int32'), last); // [T, count]
  const chosen = oneHot(index, items); // [T, count, B]
  return {
    inputs: rows(chosen, inputs),
    targets: rows(chosen, targets),
    ...(mask && { mask: rows(chosen, mask) }),
  };
}

/** [T, count, B] times [T, B, ...] = [T, count, ...], in the dtype of the values. */
function rows(chosen: Tensor, values: Tensor): Tensor {
  const [tasks = 0, items = 0, ...rest] = values.shape;
  const flat = tf.reshape(tf.cast(values, 'float32'), [tasks, items, -1]); // [T, B, D]
  const picked = tf.reshape(tf.matMul(chosen, flat), [tasks, chosen.shape[1] as number, ...rest]);
  return values.dtype === 'int32' ? tf.cast(tf.round(picked), 'int32') : picked;
}
