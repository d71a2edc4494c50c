import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  leavesOf,
  type Tree,
  treeFromLeaves,
} from '@tasklearn/core';
import { mlp } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { allLeaves } from '../engine/adapted-leaves.js';
import { fixedRate } from '../engine/inner-rate.js';
import { gradientDescent } from '../engine/inner-solver.js';
import { unrolled } from '../engine/meta-gradient.js';
import type { GradientLearner } from '../engine/meta-learner.js';
import type { MetaLearnerParts, MetaParameters } from '../engine/meta-learner-parts.js';
import { learnedStart } from '../engine/start.js';
import { taskLoss } from '../engine/task-loss.js';

/** Regression from 1 number to 1, 5 support and 4 query points. */
export const regressionSpec: EpisodeSpec = {
  input: { shape: [1], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 5,
  querySize: 4,
};

/** Sine waves of random amplitude and phase, by the tasks' numbers alone. */
export function regressionEpisodes(tasks: number, seed = 'episodes', first = 0): EpisodeBatch {
  const rows = Array.from({ length: tasks }, (_, index) => {
    const rng = createRng(seed).split(first + index);
    const [amplitude, phase] = [0.5 + 2 * rng.next(), 3 * rng.next()];
    return Array.from({ length: 9 }, () => {
      const x = 4 * rng.next() - 2;
      return [x, amplitude * Math.sin(x - phase)];
    });
  });
  const part = (column: 0 | 1, from: number, to: number) =>
    tf.tensor3d(rows.map((points) => points.slice(from, to).map((point) => [point[column] as number])));
  return {
    support: { labelled: { inputs: part(0, 0, 5), targets: part(1, 0, 5) } },
    query: { inputs: part(0, 5, 9), targets: part(1, 5, 9) },
  };
}

/** MAML on a small smooth network; any part may be replaced. */
export function smallParts(parts: Partial<MetaLearnerParts> = {}): MetaLearnerParts {
  return {
    model: () =>
      mlp({
        inputShape: [1],
        hidden: [6],
        outputSize: 1,
        activation: 'tanh',
        initializer: { name: 'normal', standardDeviation: 0.5 },
      }),
    adapted: allLeaves,
    start: learnedStart(),
    innerLoss: taskLoss(),
    solver: gradientDescent(),
    rate: fixedRate(0.1),
    steps: { train: 2, test: 2 },
    metaGradient: unrolled(),
    outer: [],
    optimizer: ascent,
    ...parts,
  };
}

/** An optimiser for tests that never use it. */
const ascent = {
  init: () => ({}),
  update: (gradient: Tensor) => ({ change: gradient, state: {} }),
};

/** The outer gradient, however the learner takes it, flat. */
export function outerGradient(
  learner: GradientLearner,
  theta: MetaParameters,
  episodes: EpisodeBatch,
  spec: EpisodeSpec = regressionSpec,
): Float32Array {
  const rng = createRng('outer');
  if (learner.metaGradient) return flat(learner.metaGradient(theta, episodes, rng, spec).gradient);
  const leaves = leavesOf(theta as Tree<Tensor>);
  const loss = (...given: Tensor[]) =>
    learner.metaLoss?.(rebuild(theta, given), episodes, rng, spec).loss as tf.Scalar;
  return flat(tf.grads(loss)(leaves));
}

/** All numbers of a tree, in flattening order. */
export function flat(tree: Tree<Tensor>): Float32Array {
  return Float32Array.from(leavesOf(tree).flatMap((leaf) => [...leaf.dataSync()]));
}

/** The largest difference between two lists of numbers, relative to the largest number. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(b, Math.abs), 1e-12);
  return Math.max(...Array.from(a, (x, index) => Math.abs(x - (b[index] as number)))) / largest;
}

/** θ with new leaves, in flattening order. */
export function rebuild(theta: MetaParameters, leaves: readonly Tensor[]): MetaParameters {
  return treeFromLeaves(theta as Tree<Tensor>, leaves) as MetaParameters;
}
