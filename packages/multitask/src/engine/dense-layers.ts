import type { Rng } from '@tasklearn/core';
import { type DenseParameters, dense, glorotUniform } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** One layer: Glorot's weights, biases of zero (or of `bias`). */
export function denseLayer(inputs: number, outputs: number, rng: Rng, bias = 0): Required<DenseParameters> {
  const weight = glorotUniform()([inputs, outputs], { fanIn: inputs, fanOut: outputs }, rng);
  return { weight, bias: tf.fill([outputs], bias) };
}

/** T independent layers, [T, in, out] and [T, out]. */
export function denseLayerPerTask(
  inputs: number,
  outputs: number,
  tasks: number,
  rng: Rng,
): Required<DenseParameters> {
  return tf.tidy(() => {
    const layers = Array.from({ length: tasks }, (_, task) => denseLayer(inputs, outputs, rng.split(task)));
    return {
      weight: tf.stack(layers.map(({ weight }) => weight)),
      bias: tf.stack(layers.map(({ bias }) => bias)),
    };
  });
}

/** [1, ...] repeated for T tasks; anything else as it is. */
export function forTasks(x: Tensor, tasks: number): Tensor {
  if (x.shape[0] !== 1 || tasks === 1) return x;
  return tf.tile(x, [tasks, ...Array<number>(x.rank - 1).fill(1)]);
}

/** A dense layer; inputs that all tasks share are repeated only where the layer differs between tasks. */
export function applyDense(x: Tensor, layer: DenseParameters): Tensor {
  const tasks = layer.weight.rank === 3 ? (layer.weight.shape[0] as number) : 1;
  return dense(forTasks(x, tasks), layer);
}

/** Inputs [T, B, ...] as vectors, [T, B, D]. */
export function asVectors(inputs: Tensor): Tensor {
  if (inputs.rank === 3) return inputs;
  const [tasks, items] = inputs.shape as [number, number];
  return inputs.reshape([tasks, items, inputs.size / (tasks * items)]);
}
