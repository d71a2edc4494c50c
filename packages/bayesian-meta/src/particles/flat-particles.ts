import { leavesOf, sizeOf, treeFromLeaves } from '@tasklearn/core';
import { flattenPerTask, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { separateSamples } from '../engine/sample-axis.js';

/** Particles with leaves [T · M, ...] as one tensor [T, M, P]. */
export function flatParticles(phi: Parameters, count: number): Tensor {
  return separateSamples(flattenPerTask(phi), count);
}

/** The inverse of {@link flatParticles}: [T, M, P] to leaves [T · M, ...] of the shapes of `like`. */
export function particlesFromFlat(flat: Tensor, like: Parameters): Parameters {
  const [tasks, count, size] = flat.shape as [number, number, number];
  const rows = flat.reshape([tasks * count, size]);
  let offset = 0;
  const leaves = leavesOf(like).map((leaf: Tensor) => {
    const width = sizeOf(leaf.shape.slice(1));
    const part = tf.slice(rows, [0, offset], [tasks * count, width]).reshape(leaf.shape);
    offset += width;
    return part;
  });
  return treeFromLeaves(like, leaves) as Parameters;
}
