import {
  createRng,
  type PartialOptions,
  requireInteger,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { relationMatrix, relationRoot } from './task-relations.js';

/** The dials of {@link conflictingQuadratics}. */
export type ConflictingQuadraticsOptions = {
  /** Fixes the directions. */
  readonly seed: number;
  /** T. */
  readonly tasks: number;
  /** P, length of θ, at least T. */
  readonly dimensions: number;
  /** Cosine of any two gradients at θ = 0, in [−1 / (T − 1), 1]. */
  readonly cosine: number;
  /** Length of the first gradient at θ = 0 over that of the last; between them geometric. */
  readonly magnitudeRatio: number;
  /** Largest curvature of each task over its smallest, which is 1. */
  readonly conditionNumber: number;
};

/** Two tasks in three dimensions whose gradients are at right angles, of one length, on round bowls. */
export const conflictingQuadraticsDefaults: ConflictingQuadraticsOptions = {
  seed: 0,
  tasks: 2,
  dimensions: 3,
  cosine: 0,
  magnitudeRatio: 1,
  conditionNumber: 1,
};

/** Quadratic losses whose gradients at 0 are as wanted. */
export interface ConflictingQuadratics {
  /** L_i(θ), [T], for θ [P]; recordable. */
  readonly losses: (theta: Tensor) => Tensor;
  /** ∇ L_i(0), [T][P]. */
  readonly gradients: readonly (readonly number[])[];
  /** H_i, row by row, [T][P · P]. */
  readonly hessians: readonly Float64Array[];
}

const id = 'conflictingQuadratics';

/** Orthonormal rows, [n, n]. */
function rotation(n: number, gaussian: () => number): Float64Array {
  const rows = Float64Array.from({ length: n * n }, gaussian);
  for (let row = 0; row < n; row += 1) {
    const own = rows.subarray(row * n, (row + 1) * n);
    for (let other = 0; other < row; other += 1) {
      const against = rows.subarray(other * n, (other + 1) * n);
      const along = own.reduce((sum, value, at) => sum + value * (against[at] as number), 0);
      for (let at = 0; at < n; at += 1) own[at]! -= along * (against[at] as number);
    }
    const length = Math.hypot(...own);
    for (let at = 0; at < n; at += 1) own[at]! /= length;
  }
  return rows;
}

/** Qᵀ diag(h) Q with h from 1 to the condition number, geometric. */
function curvatureOf(n: number, conditionNumber: number, gaussian: () => number): Float64Array {
  const Q = rotation(n, gaussian);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k += 1)
      sum +=
        conditionNumber ** (n === 1 ? 0 : k / (n - 1)) *
        (Q[k * n + row] as number) *
        (Q[k * n + column] as number);
    return sum;
  });
}

/**
 * T quadratic losses with a chosen cosine and ratio of lengths of their gradients at θ = 0, and a chosen curvature:
 * L_i(θ) = g_iᵀ θ + ½ θᵀ H_i θ.
 *
 * @throws `INVALID_OPTION` for a value out of range, or a cosine that T vectors cannot have.
 */
export function conflictingQuadratics(
  given: PartialOptions<ConflictingQuadraticsOptions> = {},
): ConflictingQuadratics {
  const all = resolveOptions(
    id,
    conflictingQuadraticsDefaults,
    given as object,
  ) as ConflictingQuadraticsOptions;
  requireInteger(id, all, 'tasks', 1);
  requireInteger(id, all, 'dimensions', all.tasks);
  requirePositive(id, all, 'magnitudeRatio');
  requirePositive(id, all, 'conditionNumber');
  const { tasks, dimensions: P, cosine, magnitudeRatio, conditionNumber } = all;
  const root = relationRoot(
    relationMatrix({ tasks, groups: 1, relatedness: cosine, acrossGroups: 0 }),
    tasks,
  );
  const rng = createRng(all.seed).split(id);
  const gaussian = (label: string | number) => {
    const own = rng.split(label);
    return () => own.gaussian();
  };
  const axes = rotation(P, gaussian('axes'));
  const gradients = Array.from({ length: tasks }, (_, task) => {
    const length = magnitudeRatio ** (tasks === 1 ? 0 : -task / (tasks - 1));
    return Array.from({ length: P }, (_unused, at) => {
      let sum = 0;
      for (let u = 0; u < tasks; u += 1)
        sum += (root[task * tasks + u] as number) * (axes[u * P + at] as number);
      return length * sum;
    });
  });
  const hessians = gradients.map((_, task) => curvatureOf(P, conditionNumber, gaussian(task)));
  return {
    gradients,
    hessians,
    losses(theta) {
      const G = tf.tensor2d(gradients.flat(), [tasks, P]);
      const H = tf.tensor3d(Float32Array.from(hessians.flatMap((each) => [...each])), [tasks, P, P]);
      const column = theta.reshape([P, 1]);
      const bent = tf.matMul(H.reshape([tasks * P, P]), column).reshape([tasks, P]); // H_i θ
      const linear = tf.matMul(G, column).squeeze([1]);
      return linear.add(tf.sum(bent.mul(theta.reshape([1, P])), 1).mul(0.5));
    },
  };
}

/** Starting points (a, b) of {@link deepValleys}. */
export const deepValleysStarts: readonly (readonly [number, number])[] = [
  [0.5, -3],
  [-8, 8],
  [-6, -5],
  [10, -8],
  [9, 3],
];

/**
 * Two losses of two numbers with steep, curved valleys whose gradients conflict and differ in length: where following their sum
 * comes to a halt and gradient surgery does not. Both are below zero in their valleys.
 *
 * L_1 = 20 log max(|½ a + tanh b|, 5·10⁻⁶), L_2 = 25 log max(|½ a − tanh b + 2|, 5·10⁻⁶)
 *
 * @param theta - (a, b), [2].
 * @returns [2]; recordable.
 * @see After Yu, Kumar, Gupta, Levine, Hausman, Finn. Gradient Surgery for Multi-Task Learning. NeurIPS 2020, figure 1.
 */
export function deepValleys(theta: Tensor): Tensor {
  const a = theta.slice([0], [1]).mul(0.5);
  const b = tf.tanh(theta.slice([1], [1]));
  const valley = (x: Tensor, depth: number) => tf.log(tf.maximum(tf.abs(x), 5e-6)).mul(depth);
  return tf.concat([valley(a.add(b), 20), valley(a.sub(b).add(2), 25)]);
}
