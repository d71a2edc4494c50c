import type { EpisodeBatch, EpisodeSpec } from '@tasklearn/core';
import type { Model } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Two 2x2 tasks: L_t(φ) = ½ (φ − c_t)ᵀ A_t (φ − c_t), the same for support and query but for the centre. */
export const hessians = [
  [
    [2, 0.5],
    [0.5, 1],
  ],
  [
    [1, -0.3],
    [-0.3, 3],
  ],
];
export const supportCentres = [
  [1, -1],
  [0.5, 2],
];
export const queryCentres = [
  [1.2, -0.7],
  [0.1, 1.5],
];

/** A model whose output is its one vector, in two halves so that masks have something to choose: [T, 1, 2]. */
export const vectorModel: Model = {
  init: () => ({ layer1: { weight: tf.tensor1d([0.3]) }, head: { weight: tf.tensor1d([-0.4]) } }),
  apply(parameters, inputs) {
    const tasks = inputs.shape[0] as number;
    const halves = [parameters.layer1?.weight, parameters.head?.weight].map((half) => {
      const given = half as Tensor; // [1] or [T, 1]
      return tf.add(given.rank === 1 ? given.expandDims(0) : given, tf.zeros([tasks, 1]));
    });
    return tf.concat(halves, 1).expandDims(1); // [T, 1, 2]
  },
};

/** Episodes whose targets are the centres. */
export function quadraticEpisodes(tasks: readonly number[] = [0, 1]): EpisodeBatch {
  const pick = (rows: number[][]) => tf.tensor3d(tasks.map((task) => [rows[task] as number[]])); // [T, 1, 2]
  const inputs = tf.zeros([tasks.length, 1, 1]);
  return {
    support: { labelled: { inputs, targets: pick(supportCentres) } },
    query: { inputs, targets: pick(queryCentres) },
  };
}

/** The spec of those episodes, with the quadratic as the tasks' own loss. */
export function quadraticSpec(tasks: readonly number[] = [0, 1]): EpisodeSpec {
  const a = tf.tensor3d(tasks.map((task) => hessians[task] as number[][])); // [T, 2, 2]
  return {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [2] },
    loss: (outputs, targets) => {
      const difference = tf.sub(outputs, targets); // [T, 1, 2]
      return tf.mul(tf.sum(tf.mul(tf.matMul(difference, a), difference), [1, 2]), 0.5); // [T]
    },
    supportSize: 1,
    querySize: 1,
  };
}

/** (I − αA)ᵐ v on the host. */
export function contract(hessian: number[][], rate: number, times: number, vector: number[]): number[] {
  let v = vector;
  for (let j = 0; j < times; j++) v = v.map((x, row) => x - rate * dot(hessian[row] as number[], v));
  return v;
}

/** A (φ − c). */
export function gradientAt(hessian: number[][], phi: number[], centre: number[]): number[] {
  const difference = phi.map((x, index) => x - (centre[index] as number));
  return hessian.map((row) => dot(row, difference));
}

/** φᵏ of gradient descent on the support quadratic. */
export function descendOnHost(task: number, rate: number, steps: number, start: number[]): number[] {
  let phi = start;
  for (let j = 0; j < steps; j++) {
    const g = gradientAt(hessians[task] as number[][], phi, supportCentres[task] as number[]);
    phi = phi.map((x, index) => x - rate * (g[index] as number));
  }
  return phi;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, index) => sum + x * (b[index] as number), 0);
}
