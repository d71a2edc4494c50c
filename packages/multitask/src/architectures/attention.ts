import type { JointSpec } from '@tasklearn/core';
import {
  activationOf,
  type DenseParameters,
  type NetworkOptions,
  type Parameters,
  relu,
  sigmoid,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, Layers } from '../engine/architecture.js';
import { applyDense, denseLayer, denseLayerPerTask, forTasks } from '../engine/dense-layers.js';
import { encoderFor, present } from '../engine/encoder.js';

type Mask = { readonly inner: Required<DenseParameters>; readonly outer: Required<DenseParameters> };

/**
 * A shared trunk whose features p_l every task selects by masks of its own: a_t,l = σ(G_t,l relu(F_t,l [p_l; a_t,l−1])) ∘ p_l.
 * The task's features are those of the last layer.
 *
 * The fully connected form of the paper's attention modules, without their batch normalisation.
 *
 * @see Liu, Johns, Davison. End-to-End Multi-Task Learning with Attention (MTAN). CVPR 2019. arXiv:1803.10704.
 */
export function attentionNetwork(network: NetworkOptions): Architecture {
  const encoder = encoderFor(network);
  const activation = activationOf(network.activation);
  const { hidden } = network;
  return {
    heads: 'perTask',
    featureSize: (spec: JointSpec) => hidden.at(-1) ?? encoder.size(spec),
    init(spec, rng) {
      const tasks = spec.tasks.length;
      const shared: Record<string, unknown> = { encoder: encoder.init(spec, rng.split('encoder')) };
      const perTask: Record<string, unknown> = {};
      let size = encoder.size(spec);
      let attended = 0; // Units that come from the mask below.
      for (const [index, units] of hidden.entries()) {
        const own = rng.split(index);
        shared[`layer ${index + 1}`] = denseLayer(size, units, own.split('layer'));
        perTask[`mask ${index + 1}`] = {
          inner: denseLayerPerTask(units + attended, units, tasks, own.split('inner')),
          outer: denseLayerPerTask(units, units, tasks, own.split('outer')),
        };
        size = units;
        attended = units;
      }
      return { shared: present(shared) as Layers, perTask: perTask as Layers };
    },
    features({ shared, perTask }, inputs, spec) {
      const tasks = spec.tasks.length;
      let p = encoder.encode(shared.encoder as Parameters | undefined, inputs, spec);
      let attended: Tensor | undefined;
      for (const index of hidden.keys()) {
        p = activation(applyDense(p, shared[`layer ${index + 1}`] as Required<DenseParameters>));
        const spread = forTasks(p, tasks); // [T, B, H]
        const { inner, outer } = perTask[`mask ${index + 1}`] as Mask;
        const seen = attended === undefined ? spread : tf.concat([spread, attended], 2);
        attended = sigmoid(applyDense(relu(applyDense(seen, inner)), outer)).mul(spread);
      }
      return attended ?? forTasks(p, tasks);
    },
  };
}
