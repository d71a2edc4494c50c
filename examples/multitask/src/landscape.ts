import {
  type GradientCombination,
  type HostTensor,
  type JointDistribution,
  type JointLearner,
  trainJoint,
} from '@tasklearn/core';
import { mgda, pcgrad, sum } from '@tasklearn/multitask';
import { adam } from '@tasklearn/nn';
import { deepValleys, deepValleysStarts } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { executor } from './over-draws.js';
import { print, printTable } from './print-table.js';

const floats = (shape: readonly number[], ...data: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** Two tasks without data: their losses are functions of the parameters alone. */
const valleys: JointDistribution = {
  kind: 'joint',
  id: 'valleys',
  spec: {
    input: { shape: [1], dtype: 'float32' },
    // Weights go over T: this makes them 1.
    tasks: ['first', 'second'].map((id) => ({ id, group: 'valleys', weight: 2 })),
    groups: { valleys: { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } },
    descriptors: floats([2, 2], 1, 0, 0, 1),
    descriptorsGeneralise: false,
    sharedInputs: true,
  },
  sizes: { train: [1, 1], validation: [1, 1], test: [1, 1] },
  rows: () => ({ inputs: floats([1, 1], 0), targets: floats([1, 1], 0) }),
};

/** θ are the two numbers (a, b) themselves. */
function valleyLearner(start: readonly number[], combination: GradientCombination): JointLearner {
  return {
    kind: 'joint',
    init: () => ({ shared: { theta: tf.tensor1d([...start]) }, perTask: {} }),
    taskLosses({ shared }) {
      const { theta } = shared as { readonly theta: Tensor };
      if (theta.rank === 1) return deepValleys(theta);
      // A copy of θ for each task, so that their gradients can be told apart.
      const own = [0, 1].map((task) => deepValleys(theta.slice([task, 0], [1, 2]).reshape([2])));
      return tf.concat(own.map((losses, task) => losses.slice([task], [1])));
    },
    predict: () => ({}),
    combination,
    optimizer: adam({ learningRate: 0.01 }) as never,
  };
}

/** Both losses after so many updates. */
async function descend(
  combination: GradientCombination,
  start: readonly number[],
  updates: number,
): Promise<readonly [number, number]> {
  let losses: readonly [number, number] = [Number.NaN, Number.NaN];
  const learner = valleyLearner(start, combination);
  const options = { learner, distribution: valleys, executor, seed: 0, updates, batchSize: 1 };
  for await (const event of trainJoint({ ...options, logEvery: updates }))
    if (event.kind === 'update')
      losses = [event.metrics['loss/first'] as number, event.metrics['loss/second'] as number];
  return losses;
}

/** Two curved valleys from five starts: which combinations reach the bottom of both. */
export async function landscape({ updates = 20_000 } = {}): Promise<void> {
  // One step of the search is exact for two tasks.
  const combinations = { sum, PCGrad: () => pcgrad(), MGDA: () => mgda({ iterations: 1 }) };
  print(`Losses after ${updates} steps of Adam at 0.01; both are below zero in their valleys.\n`);
  const rows: string[][] = [];
  for (const [name, create] of Object.entries(combinations)) {
    const ends: (readonly [number, number])[] = [];
    for (const start of deepValleysStarts) ends.push(await descend(create(), start, updates));
    const solved = ends.filter(([first, second]) => first < 0 && second < 0).length;
    rows.push([name, ...ends.map(([a, b]) => `${a.toFixed(0)}, ${b.toFixed(0)}`), `${solved} of 5`]);
  }
  printTable(['', ...deepValleysStarts.map(([a, b]) => `from (${a}, ${b})`), 'both below zero'], rows);
}
