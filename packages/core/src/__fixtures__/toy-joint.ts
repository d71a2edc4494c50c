import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import {
  type GradientCombination,
  type HostTensor,
  type JointBatch,
  type JointDistribution,
  type JointLearner,
  type JointParameters,
  type JointSpec,
  leavesOf,
  type PredictiveDistribution,
} from '../index.js';
import { descent } from './toy-optimizers.js';

const SIZES = { train: [40, 4, 20], validation: [7, 3, 5], test: [6, 2, 4] } as const;

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** Three linear regressions in two variables: y = slope_t · x, tasks 0 and 1 in one group and 2 in another. */
export const slopes = [
  [1, 2],
  [1, -2],
  [-3, 0],
] as const;

/** Inputs are numbers of (split, task, item); labels of odd items of task 2 are unknown in training. */
export function toyJoint(): JointDistribution {
  const group = { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } as const;
  const spec: JointSpec = {
    input: { shape: [2], dtype: 'float32' },
    tasks: [
      { id: 'a', group: 'first' },
      { id: 'b', group: 'first', weight: 2 },
      { id: 'c', group: 'second' },
    ],
    groups: { first: group, second: group },
    descriptors: floats([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]),
    descriptorsGeneralise: false,
    sharedInputs: false,
  };
  return {
    kind: 'joint',
    id: 'toy',
    spec,
    sizes: SIZES,
    rows(split, task, indices) {
      const salt = { train: 0, validation: 1, test: 2 }[split];
      const x = [...indices].flatMap((item) => [
        Math.sin(3 * item + task + salt),
        Math.cos(5 * item + 2 * task + salt),
      ]);
      const [first, second] = slopes[task] as readonly [number, number];
      const y = [...indices].map(
        (_, row) => first * (x[2 * row] as number) + second * (x[2 * row + 1] as number),
      );
      const known = [...indices].map((item) => (split === 'train' && task === 2 && item % 2 === 1 ? 0 : 1));
      return {
        inputs: floats([indices.length, 2], x),
        targets: floats(
          [indices.length, 1],
          y.map((value, row) => (known[row] === 1 ? value : 1e6)),
        ),
        mask: floats([indices.length], known),
      };
    },
  };
}

type Theta = JointParameters & {
  readonly shared: { readonly slope: Tensor };
  readonly perTask: { readonly slope: Tensor };
};

/** x · (shared slope + own slope) of every task, [T, B, 1]. */
function outputs(theta: Theta, inputs: Tensor): Tensor {
  const { slope } = theta.shared; // [2] or [T, 2]
  const weights = theta.perTask.slope.add(slope); // [T, 2]
  return tf.sum(inputs.mul(weights.expandDims(1)), -1, true);
}

const inGroups = (batch: JointBatch) => {
  const first = batch.groups.first as { targets: Tensor; mask: Tensor };
  const second = batch.groups.second as { targets: Tensor; mask: Tensor };
  return {
    targets: tf.concat([first.targets, second.targets], 0),
    mask: tf.concat([first.mask, second.mask], 0),
  };
};

/** The sum of losses, told by weights or by gradients; counts its calls in its state. */
export const summed = (needs: 'losses' | 'gradients'): GradientCombination => ({
  needs,
  init: () => ({ calls: tf.scalar(0) }),
  combine: ({ losses, gradients }, state) => ({
    combined: gradients === undefined ? tf.onesLike(losses) : tf.sum(gradients, 0),
    state: { calls: (state as { calls: Tensor }).calls.add(1) },
  }),
});

/** Linear regressions that share a slope and have one each. */
export function toyJointLearner(
  combination: GradientCombination,
  { rate = 0.1, penalty = 0 }: { readonly rate?: number; readonly penalty?: number } = {},
): JointLearner {
  const learner: JointLearner<Theta> = {
    kind: 'joint',
    init: (_spec, rng) => ({
      shared: { slope: rng.normal([2]) },
      perTask: { slope: rng.split('own').normal([3, 2]) },
    }),
    taskLosses(theta, batch) {
      const { targets, mask } = inGroups(batch);
      const squares = tf.square(outputs(theta, batch.inputs).sub(targets)).squeeze([2]); // [T, B]
      return tf.sum(squares.mul(mask), 1).div(tf.maximum(tf.sum(mask, 1), 1));
    },
    ...(penalty === 0 ? {} : { penalty: ({ perTask }) => tf.sum(tf.square(perTask.slope)).mul(penalty) }),
    predict(theta, inputs) {
      const means = outputs(theta, inputs);
      const of = (mean: Tensor) =>
        ({
          family: 'gaussian',
          parameters: { mean },
          mean: () => mean,
          logProbability: (targets: Tensor) => tf.sum(tf.square(targets.sub(mean)), -1).mul(-0.5),
          sample: () => mean,
        }) as unknown as PredictiveDistribution;
      return { first: of(means.slice([0], [2])), second: of(means.slice([2], [1])) };
    },
    combination,
    optimizer: descent(rate),
  };
  return learner as unknown as JointLearner;
}

/** All numbers of a tree, in flattening order. */
export const numbersOf = (tree: object): readonly number[] =>
  leavesOf(tree as never).flatMap((leaf) => [...(leaf as unknown as HostTensor).data]);
