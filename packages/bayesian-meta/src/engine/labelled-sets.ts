import type { LabelledSet } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { repeatSamples } from './sample-axis.js';

/** Support and query as one labelled set, [T, S + Q, ...]. */
export function unionOf(support: LabelledSet, query: LabelledSet): LabelledSet {
  const masked = support.mask !== undefined || query.mask !== undefined;
  const maskOf = (set: LabelledSet) => set.mask ?? tf.ones(set.targets.shape.slice(0, 2)); // [T, B]
  return {
    inputs: tf.concat([support.inputs, query.inputs], 1),
    targets: tf.concat([support.targets, query.targets], 1),
    ...(masked ? { mask: tf.concat([maskOf(support), maskOf(query)], 1) } : {}),
  };
}

/** A labelled set for every sample of φ: leaves [T · S, B, ...]. */
export function repeatSet({ inputs, targets, mask }: LabelledSet, samples: number): LabelledSet {
  return {
    inputs: repeatSamples(inputs, samples),
    targets: repeatSamples(targets, samples),
    ...(mask === undefined ? {} : { mask: repeatSamples(mask, samples) }),
  };
}
