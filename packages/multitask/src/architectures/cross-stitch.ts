import type { JointSpec } from '@tasklearn/core';
import { activationOf, type DenseParameters, type NetworkOptions, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, Layers } from '../engine/architecture.js';
import { applyDense, denseLayerPerTask } from '../engine/dense-layers.js';
import { encoderFor, present } from '../engine/encoder.js';

type StitchedLayer = { readonly dense: Required<DenseParameters>; readonly stitch: Tensor };

/** A, [T, T]: `own` on the diagonal, the rest of 1 spread evenly off it. */
export function stitchMatrix(tasks: number, own: number): Tensor {
  if (tasks === 1) return tf.ones([1, 1]);
  const rest = (1 - own) / (tasks - 1);
  return tf.tidy(() =>
    tf
      .eye(tasks)
      .mul(own - rest)
      .add(rest),
  );
}

/** x̃_t = Σ_u A_tu x_u over columns [T, R, H]. */
function stitched(columns: Tensor, stitch: Tensor): Tensor {
  const [tasks, rows, units] = columns.shape as [number, number, number];
  return tf.matMul(stitch, columns.reshape([tasks, rows * units])).reshape([tasks, rows, units]);
}

/** Column t's view of task t's own items: [T, S · B, H] with S input sets → [T, B, H]. */
function ownItems(columns: Tensor, sets: number): Tensor {
  if (sets === 1) return columns;
  const [tasks, rows, units] = columns.shape as [number, number, number];
  const items = rows / sets;
  const blocks = columns.reshape([tasks * sets, items * units]);
  const own = tf.tensor1d(
    Array.from({ length: tasks }, (_, task) => task * sets + task),
    'int32',
  );
  return tf.gather(blocks, own).reshape([tasks, items, units]);
}

/**
 * Cross-stitch networks: one column of layers per task, and after every layer a learned mixture of the columns,
 * x̃_t = Σ_u A_tu x_u. A = I are independent networks.
 *
 * Every column is run on every task's items, so that T tasks with inputs of their own cost T² passes; with shared inputs T.
 *
 * @param own - A_tt at the start; 0.9 in the paper.
 * @see Misra, Shrivastava, Gupta, Hebert. Cross-Stitch Networks for Multi-Task Learning. CVPR 2016. arXiv:1604.03539.
 */
export function crossStitch(network: NetworkOptions, own: number): Architecture {
  const encoder = encoderFor(network);
  const activation = activationOf(network.activation);
  const { hidden } = network;
  return {
    heads: 'perTask',
    inseparable: 'every task`s loss reaches every column through the stitches.',
    featureSize: (spec: JointSpec) => hidden.at(-1) ?? encoder.size(spec),
    init(spec, rng) {
      const tasks = spec.tasks.length;
      const layers: Record<string, unknown> = { encoder: encoder.initPerTask(spec, rng.split('encoder')) };
      let size = encoder.size(spec);
      for (const [index, units] of hidden.entries()) {
        layers[`layer ${index + 1}`] = {
          dense: denseLayerPerTask(size, units, tasks, rng.split(index)),
          stitch: stitchMatrix(tasks, own),
        };
        size = units;
      }
      return { shared: {}, perTask: present(layers) as Layers };
    },
    features({ perTask }, inputs, spec) {
      const [sets, items] = inputs.shape as [number, number];
      const rows = inputs.reshape([1, sets * items, ...inputs.shape.slice(2)]);
      const encoded = encoder.encode(perTask.encoder as Parameters | undefined, rows, spec);
      const columns = Object.keys(hidden).reduce((h, index) => {
        const { dense, stitch } = perTask[`layer ${Number(index) + 1}`] as StitchedLayer;
        return stitched(activation(applyDense(h, dense)), stitch);
      }, encoded);
      return ownItems(columns, sets);
    },
  };
}
