import type { HostTensor } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsSizes } from './dynamics-model.js';

/** Mean and scale of each number that a model takes or gives: [O], [A], [O] and [1]. */
export interface Normalizer {
  readonly observationMean: Tensor;
  readonly observationScale: Tensor;
  readonly actionMean: Tensor;
  readonly actionScale: Tensor;
  readonly changeMean: Tensor;
  readonly changeScale: Tensor;
  readonly rewardMean: Tensor;
  readonly rewardScale: Tensor;
}

/** Below this a number counts as constant, and its scale is 1. */
const SMALLEST_SCALE = 1e-6;

/** Numbers in a stored transition: s [O], a [A], s′ [O], reward, and whether it went on. */
export function rowWidth({ observation, action }: DynamicsSizes): number {
  return 2 * observation + action + 2;
}

/**
 * Means and standard deviations of transitions, as one vector: an input of compiled steps, never a part of what they
 * have learnt, so that units can change without the parameters knowing.
 *
 * @param rows - transitions, {@link rowWidth} numbers each.
 * @returns numbers, [2 (O + A + O + 1)]: means of s, a, s′ − s and reward, then their scales. Without rows: means 0, scales 1.
 */
export function fitNormalizer(rows: Float32Array, sizes: DynamicsSizes): HostTensor {
  const { observation, action } = sizes;
  const width = rowWidth(sizes);
  const count = width - 1;
  const data = new Float32Array(2 * count).fill(0, 0, count).fill(1, count);
  const total = Math.floor(rows.length / width);
  const [first, last] = [observation + action, 2 * observation + action]; // Where s′ lies.
  const value = (row: number, index: number) => {
    const at = rows[row * width + index] as number;
    const changes = index >= first && index < last;
    return changes ? at - (rows[row * width + index - first] as number) : at;
  };
  for (let index = 0; total > 0 && index < count; index += 1) {
    let sum = 0;
    for (let row = 0; row < total; row += 1) sum += value(row, index);
    const mean = sum / total;
    let squares = 0;
    for (let row = 0; row < total; row += 1) squares += (value(row, index) - mean) ** 2;
    const scale = Math.sqrt(squares / total);
    data[index] = mean;
    data[count + index] = scale > SMALLEST_SCALE ? scale : 1;
  }
  return { dtype: 'float32', shape: [2 * count], data };
}

/** The parts of what {@link fitNormalizer} returned. */
export function normalizerOf(vector: Tensor, { observation, action }: DynamicsSizes): Normalizer {
  const sizes = [observation, action, observation, 1];
  const parts = tf.split(vector, [...sizes, ...sizes]);
  const [observationMean, actionMean, changeMean, rewardMean] = parts as [Tensor, Tensor, Tensor, Tensor];
  const [observationScale, actionScale, changeScale, rewardScale] = parts.slice(4) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return {
    observationMean,
    observationScale,
    actionMean,
    actionScale,
    changeMean,
    changeScale,
    rewardMean,
    rewardScale,
  };
}

/** (x − mean) / scale over the last axis. */
export function normalize(x: Tensor, mean: Tensor, scale: Tensor): Tensor {
  return tf.div(tf.sub(x, mean), scale);
}

/** Transitions in normalised units; all [..., their size]. */
export interface NormalizedTransitions {
  /** Observation and action, [..., O + A]. */
  readonly inputs: Tensor;
  /** [..., O]. */
  readonly changes: Tensor;
  /** Next observation, [..., O]. */
  readonly next: Tensor;
  /** [..., 1]. */
  readonly reward: Tensor;
  /** 1 where the episode went on or was cut, 0 where it terminated; [..., 1]. */
  readonly continues: Tensor;
}

/** Stored transitions as models take them. @param rows - [..., rowWidth]. */
export function normalizeRows(
  rows: Tensor,
  normalizer: Normalizer,
  sizes: DynamicsSizes,
): NormalizedTransitions {
  const { observation, action } = sizes;
  const [s, a, next, r, continues] = tf.split(rows, [observation, action, observation, 1, 1], -1) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const { observationMean, observationScale, actionMean, actionScale } = normalizer;
  const inputs = [normalize(s, observationMean, observationScale), normalize(a, actionMean, actionScale)];
  return {
    inputs: tf.concat(inputs, -1),
    changes: normalize(tf.sub(next, s), normalizer.changeMean, normalizer.changeScale),
    next: normalize(next, observationMean, observationScale),
    reward: normalize(r, normalizer.rewardMean, normalizer.rewardScale),
    continues,
  };
}
