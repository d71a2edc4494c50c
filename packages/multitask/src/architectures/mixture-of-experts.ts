import type { JointSpec, Rng } from '@tasklearn/core';
import { activationOf, type DenseParameters, type NetworkOptions, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, Layers, MultiTaskParameters } from '../engine/architecture.js';
import { applyDense, denseLayer, denseLayerPerTask, forTasks } from '../engine/dense-layers.js';
import { encoderFor, present } from '../engine/encoder.js';

/** What a {@link mixtureOfExperts} may be told. */
export interface MixtureOfExpertsOptions {
  /** Layers of `hidden` are the bottom that all experts share; may be empty. */
  readonly network: NetworkOptions;
  /** E, experts. */
  readonly experts: number;
  /** H, units of an expert's one layer. */
  readonly expertSize: number;
  /** A gate for each task (MMoE), or one for all (a plain mixture). */
  readonly gates: 'perTask' | 'single';
  /** p: how often an expert is dropped from a gate in training, in [0, 1). */
  readonly gateDropout: number;
  /** Factor on the gates' weights at the start; 1 unless given. */
  readonly gateScale?: number;
}

/** g ∘ m / Σ g ∘ m for a 0/1 mask m; g itself where the mask drops every expert. */
export function dropExperts(gates: Tensor, mask: Tensor): Tensor {
  // Read off the mask, not the gates: a comparison of something learnt has no derivative.
  const some = tf.max(mask, -1, true);
  const kept = gates.mul(mask);
  const total = tf.maximum(tf.sum(kept, -1, true), 1e-30);
  return kept
    .div(total)
    .mul(some)
    .add(gates.mul(tf.sub(1, some)));
}

/** The features of the bottom, and the gates of every task and item, [T, B, E]: for diagnostics. */
export interface GatedFeatures {
  readonly features: Tensor;
  readonly gates: Tensor;
}

/** A mixture of experts with what its gates say. */
export interface MixtureArchitecture extends Architecture {
  /** As `features`, with the gates. */
  gated(theta: MultiTaskParameters, inputs: Tensor, spec: JointSpec, rng?: Rng): GatedFeatures;
}

/**
 * Multi-gate mixture of experts: f_t(x) = Σ_e g_t(x)_e f_e(x) with experts f_e shared by all tasks and a gate
 * g_t(x) = softmax(W_t x) for each. Gates read the features of the input, not the descriptor.
 *
 * @see Ma, Zhao, Yi, Chen, Hong, Chi. Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts.
 * KDD 2018; gate dropout: Zhao et al. Recommending What Video to Watch Next. RecSys 2019.
 */
export function mixtureOfExperts(options: MixtureOfExpertsOptions): MixtureArchitecture {
  const { network, experts, expertSize, gates: kind, gateDropout, gateScale = 1 } = options;
  const { hidden } = network;
  const encoder = encoderFor(network);
  const activation = activationOf(network.activation);

  const gated: MixtureArchitecture['gated'] = ({ shared, perTask }, inputs, spec, rng) => {
    const tasks = spec.tasks.length;
    const bottom = Object.keys(hidden).reduce(
      (h, index) =>
        activation(applyDense(h, shared[`layer ${Number(index) + 1}`] as Required<DenseParameters>)),
      encoder.encode(shared.encoder as Parameters | undefined, inputs, spec),
    ); // [T or 1, B, D]
    const all = activation(applyDense(bottom, shared.experts as Required<DenseParameters>)); // [T or 1, B, E·H]
    const gate = (perTask.gates ?? shared.gates) as Required<DenseParameters>;
    const logits = forTasks(applyDense(bottom, gate), tasks); // [T, B, E]
    const soft = tf.softmax(logits);
    const gates =
      rng === undefined || gateDropout === 0
        ? soft
        : dropExperts(
            soft,
            tf.cast(rng.split('gates').uniform(soft.shape).greaterEqual(gateDropout), 'float32'),
          );
    const [sets, items] = all.shape as [number, number];
    const each = all.reshape([sets, items, experts, expertSize]);
    const features = tf.sum(each.mul(gates.expandDims(3)), 2); // [T, B, H]
    return { features, gates };
  };

  return {
    heads: 'perTask',
    gated,
    featureSize: () => expertSize,
    init(spec, rng) {
      const layers: Record<string, unknown> = { encoder: encoder.init(spec, rng.split('encoder')) };
      let size = encoder.size(spec);
      for (const [index, units] of hidden.entries()) {
        layers[`layer ${index + 1}`] = denseLayer(size, units, rng.split(index));
        size = units;
      }
      // Each expert has a stream of its own, so that their number changes none of them.
      layers.experts = tf.tidy(() => {
        const own = Array.from({ length: experts }, (_, expert) =>
          denseLayer(size, expertSize, rng.split('expert').split(expert)),
        );
        return {
          weight: tf.concat(
            own.map(({ weight }) => weight),
            1,
          ),
          bias: tf.concat(own.map(({ bias }) => bias)),
        };
      });
      const gates = rng.split('gates');
      const scaled = (layer: Required<DenseParameters>): Required<DenseParameters> => {
        if (gateScale === 1) return layer;
        const weight = layer.weight.mul(gateScale);
        layer.weight.dispose();
        return { ...layer, weight };
      };
      if (kind === 'single') layers.gates = scaled(denseLayer(size, experts, gates));
      const perTask =
        kind === 'single'
          ? {}
          : { gates: scaled(denseLayerPerTask(size, experts, spec.tasks.length, gates)) };
      return { shared: present(layers) as Layers, perTask };
    },
    features: (theta, inputs, spec, { rng }) => gated(theta, inputs, spec, rng).features,
  };
}
