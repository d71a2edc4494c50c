import {
  type EpisodeSpec,
  type EpisodicLearner,
  type HostTensor,
  type Support,
  type Tree,
  toDevice,
} from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';

/** A learner that adapts and predicts as one ONNX graph. */
export interface ExportedLearner {
  /** The `.onnx` file. */
  readonly model: Uint8Array;
  /** Operands of the graph by name: `support/labelled/inputs` and so on, with their shapes. */
  readonly inputs: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
  }[];
}

type Input = { readonly query: Tensor; readonly support: Support };

function empty(dtype: 'float32' | 'int32', shape: readonly number[]): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { dtype, shape, data: dtype === 'float32' ? new Float32Array(size) : new Int32Array(size) };
}

/**
 * Turns a trained learner into one ONNX graph, θ included, that learns from a support set wherever ONNX runs:
 * (support, query inputs) → mean of the predictive distribution.
 *
 * @param learner - as it is tested.
 * @param theta - θ.
 * @param spec - shapes are static: ways, shots and the number of query items are those of this spec.
 * @param tasks - T, tasks adapted to at once.
 * @throws `NOT_RECORDABLE` where the learner uses an operation that has no recorded form.
 */
export function exportLearner(
  learner: EpisodicLearner,
  theta: Tree<HostTensor>,
  spec: EpisodeSpec,
  tasks = 1,
): ExportedLearner {
  const targets = spec.target.kind === 'classification' ? [] : spec.target.shape;
  const targetType = spec.target.kind === 'classification' ? 'int32' : 'float32';
  const input = {
    query: empty('float32', [tasks, spec.querySize, ...spec.input.shape]),
    support: {
      labelled: {
        inputs: empty('float32', [tasks, spec.supportSize, ...spec.input.shape]),
        targets: empty(targetType, [tasks, spec.supportSize, ...targets]),
      },
    },
  };
  const compiled = compile(
    ({ query, support }: Input, rng) => {
      const constants = toDevice(theta) as Tree<Tensor>; // Made while recording, so they become part of the graph.
      const phi = learner.adapt(constants, support, rng.split('adapt'), spec);
      return { prediction: learner.predict(constants, phi, query, rng.split('predict'), spec).mean() };
    },
    { name: 'adapt and predict', fallback: 'error' },
  );
  try {
    const { graph } = compiled.graph(input as never);
    const describe = ({ id, name }: { readonly id: number; readonly name: string }) => {
      const { dtype, shape } = graph.values.get(id)!;
      return { name, dtype, shape };
    };
    return {
      model: compiled.toOnnx(input as never),
      inputs: graph.inputs.map(describe),
      outputs: graph.outputs.map(describe),
    };
  } finally {
    compiled.dispose();
  }
}
