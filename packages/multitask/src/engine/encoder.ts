import { type JointSpec, type Rng, type Tree, zipTrees } from '@tasklearn/core';
import { isConvolutional, type Model, type NetworkOptions, networkFor, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { asVectors, forTasks } from './dense-layers.js';

/** What turns raw inputs into vectors: convolutions for images, nothing for vectors. */
export interface Encoder {
  /** Numbers in a vector, D. */
  size(spec: JointSpec): number;
  /** `undefined` where there is nothing to learn. */
  init(spec: JointSpec, rng: Rng): Parameters | undefined;
  /** The same for T tasks, leaves [T, ...]. */
  initPerTask(spec: JointSpec, rng: Rng): Parameters | undefined;
  /** [T, B, D], or [1, B, D] for shared inputs and parameters. */
  encode(parameters: Parameters | undefined, inputs: Tensor, spec: JointSpec): Tensor;
}

/** Whether a leaf of these parameters differs between tasks: a bias or gain then has rank 2, a kernel rank 5. */
function isPerTask(parameters: Parameters): boolean {
  return Object.values(parameters).some((layer) =>
    Object.entries(layer).some(([name, leaf]) => leaf.rank === (name === 'kernel' ? 5 : 2)),
  );
}

/** The encoder of a learner's network options; fully connected layers are no part of it. */
export function encoderFor(options: NetworkOptions): Encoder {
  const modelOf = ({ input: { shape } }: JointSpec): Model | undefined =>
    isConvolutional(options, shape) ? networkFor(options, { inputShape: shape }) : undefined;
  const init: Encoder['init'] = (spec, rng) => modelOf(spec)?.init(rng);
  return {
    size(spec) {
      const model = modelOf(spec);
      const { shape } = spec.input;
      if (model === undefined) return shape.reduce((product, length) => product * length, 1);
      return tf.tidy(() => {
        const embedded = model.apply(model.init(zeroRng), tf.zeros([1, 1, ...shape]));
        return embedded.shape[2] as number;
      });
    },
    init,
    initPerTask(spec, rng) {
      const tasks = spec.tasks.map((_, task) => rng.split(task));
      return tf.tidy(() => {
        const [first, ...others] = tasks.map((own) => init(spec, own) as unknown as Tree<Tensor>);
        if (first === undefined) return undefined as never;
        return zipTrees((...leaves: Tensor[]) => tf.stack(leaves), first, ...others) as never;
      });
    },
    encode(parameters, inputs, spec) {
      const model = modelOf(spec);
      if (model === undefined || parameters === undefined) return asVectors(inputs);
      return model.apply(parameters, isPerTask(parameters) ? forTasks(inputs, spec.tasks.length) : inputs);
    },
  };
}

/** Enough to find out shapes. */
const zeroRng: Rng = {
  split: () => zeroRng,
  next: () => 0,
  integer: () => 0,
  gaussian: () => 0,
  permutation: (n) => Int32Array.from({ length: n }, (_, index) => index),
  normal: (shape) => tf.zeros(shape as number[]),
  uniform: (shape) => tf.zeros(shape as number[]),
};

/** Leaves of a tree without those that are absent. */
export function present<T>(layers: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(layers).filter(([, layer]) => layer !== undefined)) as Record<
    string,
    T
  >;
}
