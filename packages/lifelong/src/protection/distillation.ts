import type { HostTensor, StreamSpec } from '@tasklearn/core';
import { crossEntropy, stopGradient } from '@tasklearn/nn';
import type { Scalar } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Protection, StepContext } from './protection.js';

/** Options of learning without forgetting. */
export interface DistillationOptions {
  /** Weight of the old answers, ≥ 0. */
  readonly strength: number;
  /** T > 0, by which logits are divided. */
  readonly temperature: number;
}

const FORBIDDEN = 1e9;

function scalar(value: number): HostTensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}

function classesOf({ target }: StreamSpec): number {
  return target.kind === 'classification' ? target.classes : 0;
}

/** Cross-entropy between old and new answers over the classes of each mask, summed over the masks in use; at their best 0. */
function answers(context: StepContext, temperature: number): Scalar {
  const { slots, outputs, outputsOf, batch } = context;
  const [old, masks] = [slots.old as tf.Tensor, slots.masks as tf.Tensor]; // [P], [K, N]
  const [rows, classes] = masks.shape as [number, number];
  const items = batch.mask.shape[1] as number;
  const forbidden = tf.sub(1, masks).mul(-FORBIDDEN).reshape([rows, 1, classes]);
  const spread = (logits: tf.Tensor) => logits.div(temperature).add(forbidden); // [K, B, N]
  const teacher = stopGradient(spread(outputsOf(old)));
  const probabilities = tf.softmax(teacher);
  const mask = tf.tile(batch.mask, [rows, 1]).reshape([rows, items]);
  const inUse = tf.sign(tf.sum(masks, 1)); // [K]
  const entropy = crossEntropy(teacher, probabilities, mask);
  const distance = crossEntropy(spread(outputs), probabilities, mask).sub(entropy); // [K]
  return distance
    .mul(inUse)
    .sum()
    .mul(temperature ** 2) as Scalar;
}

/**
 * Learning without forgetting: on new inputs the answers of the network as it was before the task are kept, softened by a
 * temperature: over the classes of each earlier task where tasks have classes of their own, else over all classes met before.
 * For a regression, the squared distance to the old outputs.
 *
 * @see Li, Hoiem. Learning without Forgetting. ECCV 2016. arXiv:1606.09282.
 */
export function distillation({ strength, temperature }: DistillationOptions): Protection {
  return {
    candidates: 0,
    needsTaskEnds: true,
    begin(theta, spec) {
      const classes = classesOf(spec);
      if (classes === 0) return { old: theta, active: scalar(0) };
      const rows = spec.taskClasses === undefined ? 1 : spec.tasks;
      const masks = {
        dtype: 'float32',
        shape: [rows, classes],
        data: new Float32Array(rows * classes),
      } as const;
      return { old: theta, masks };
    },
    penalty(context) {
      const { slots, outputs, outputsOf, batch } = context;
      if (slots.masks !== undefined) return answers(context, temperature).mul(strength) as Scalar;
      const distance = outputs.sub(stopGradient(outputsOf(slots.old as tf.Tensor))).square();
      const count = tf.maximum(batch.mask.sum(), 1);
      const weighed = distance.mean(2).mul(batch.mask).sum().div(count);
      return weighed.mul(slots.active as tf.Tensor).mul(strength) as Scalar;
    },
    async endTask({ theta, slots, task, classes }) {
      if (slots.masks === undefined) return { old: theta, active: scalar(1) };
      const { shape, data } = slots.masks;
      const masks = Float32Array.from(data);
      const [rows, size] = shape as [number, number];
      if (rows === 1) masks.set(classes);
      // Only classes that were met: those of the tasks so far.
      else masks.set(ownClasses(classes, data as Float32Array), task * size);
      return { old: theta, masks: { dtype: 'float32', shape, data: masks } };
    },
  };
}

/** Classes met that no earlier row has; all met where every one is shared. */
function ownClasses(classes: Float32Array, rows: Float32Array): Float32Array {
  const size = classes.length;
  const fresh = classes.map((met, label) => {
    for (let at = label; at < rows.length; at += size) if (rows[at] === 1) return 0;
    return met;
  });
  return fresh.some((value) => value === 1) ? fresh : classes;
}
