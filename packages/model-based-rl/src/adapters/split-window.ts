import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { NormalizedTransitions } from '../models/normalizer.js';
import type { Window } from './adaptive-model.js';

function part(transitions: NormalizedTransitions, from: number, length: number): NormalizedTransitions {
  const cut = (x: Tensor) => tf.slice(x, [0, from, 0], [-1, length, -1]);
  return {
    inputs: cut(transitions.inputs),
    changes: cut(transitions.changes),
    next: cut(transitions.next),
    reward: cut(transitions.reward),
    continues: cut(transitions.continues),
  };
}

/** Consecutive transitions [G, M + K, ...] as the M that are adapted to and the K that come after them. */
export function splitWindow(
  batch: NormalizedTransitions,
  support: number,
): { readonly before: Window; readonly after: NormalizedTransitions } {
  const [groups, length] = batch.inputs.shape as [number, number, number];
  return {
    before: { transitions: part(batch, 0, support), mask: tf.ones([groups, support]) },
    after: part(batch, support, length - support),
  };
}
