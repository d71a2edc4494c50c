import { createRng, mapTree, type Rng, type StreamSpec, type Tree, zipTrees } from '@tasklearn/core';
import {
  crossEntropy,
  gradients,
  type NetworkOptions,
  type Parameters,
  sigmoid,
  stopGradient,
} from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import {
  type HeadParameters,
  type NetworkParameters,
  type StreamNetwork,
  streamNetwork,
} from '../engine/network.js';

/** Meta-learned parameters: of the representation, of the gate if there is one, and the logarithm of the inner rate. */
export type PlasticTheta = {
  readonly body: Parameters;
  /** Body and linear layer of the gate; empty leaves where there is none. */
  readonly gate: NetworkParameters | Record<string, never>;
  /** log β, []. */
  readonly logRate: Tensor;
};

/** What learns within a lifetime: the head, and the body where it is plastic. Leaves may carry the task axis. */
export type Plastic = { readonly body: Parameters; readonly head: HeadParameters };

/** How the network learns within a lifetime. */
export interface PlasticSettings {
  readonly network: NetworkOptions;
  /** The gate's network, followed by a linear layer of the features' width; null for none. */
  readonly gate: NetworkOptions | null;
  /** What gradient steps change within a lifetime. */
  readonly plastic: 'head' | 'network';
  /** Whether the outer gradient goes through the inner ones. */
  readonly order: 1 | 2;
  /** β > 0 at the start. */
  readonly rate: number;
  /** Whether β is meta-learned. */
  readonly learnRate: boolean;
}

/** A network of which a part is meta-learned and a part learns online. */
export interface PlasticNetwork {
  /** Shared parameters. The caller disposes. */
  init(rng: Rng): PlasticTheta;
  /** What a lifetime starts with: a head of zeros, re-drawn for every lifetime, and the body where it is plastic. */
  begin(theta: PlasticTheta, lifetimes: number): Plastic;
  /** What does not change within a lifetime, computed once: features where the body is fixed, else the inputs themselves. */
  embed(theta: PlasticTheta, inputs: Tensor): Tensor;
  /** Features [T, B, F] as they are and, where there is one, the gate's values in (0, 1) by which they are multiplied. */
  activations(theta: PlasticTheta, inputs: Tensor): { readonly features: Tensor; readonly gate?: Tensor };
  /** Outputs [T, B, N] of embedded inputs. */
  outputs(theta: PlasticTheta, plastic: Plastic, embedded: Tensor): Tensor;
  /** One gradient step on embedded items [T, B, ...] with classes [T, B]. */
  learn(theta: PlasticTheta, plastic: Plastic, embedded: Tensor, targets: Tensor): Plastic;
}

function tiled(leaf: Tensor, lifetimes: number): Tensor {
  return tf.tile(leaf.expandDims(0), [lifetimes, ...Array<number>(leaf.rank).fill(1)]);
}

/** One number per feature, [T, B, F]. */
function gateOutputs(gate: StreamNetwork, { body, head }: NetworkParameters, inputs: Tensor): Tensor {
  return gate.outputs(head, gate.features(body, inputs));
}

/** φ(x), and σ(gate(x)). */
function activationsOf(
  network: StreamNetwork,
  gate: StreamNetwork | undefined,
  theta: PlasticTheta,
  body: Parameters,
  inputs: Tensor,
) {
  const features = network.features(body, inputs);
  if (gate === undefined) return { features };
  return { features, gate: sigmoid(gateOutputs(gate, theta.gate as NetworkParameters, inputs)) };
}

/** The network of OML (no gate) and ANML (a gate) for a stream. */
export function plasticNetwork(settings: PlasticSettings, spec: StreamSpec): PlasticNetwork {
  const { plastic: part, order, learnRate } = settings;
  const network = streamNetwork(settings.network, spec);
  const shape = headShape(network);
  const gateSpec = { ...spec, target: { kind: 'regression', shape: [shape.weight[0] as number] } } as const;
  const gate =
    settings.gate === null
      ? undefined
      : streamNetwork(settings.gate, { ...gateSpec, loss: 'meanSquaredError' });
  const gated = (theta: PlasticTheta, body: Parameters, inputs: Tensor) => {
    const { features, gate: open } = activationsOf(network, gate, theta, body, inputs);
    return open === undefined ? features : features.mul(open);
  };
  const embed = (theta: PlasticTheta, inputs: Tensor) =>
    part === 'head' ? gated(theta, theta.body, inputs) : inputs;
  const outputs = (theta: PlasticTheta, { body, head }: Plastic, embedded: Tensor) =>
    network.outputs(head, part === 'head' ? embedded : gated(theta, body, embedded));
  const rateOf = ({ logRate }: PlasticTheta) => (learnRate ? tf.exp(logRate) : settings.rate);
  return {
    init(rng) {
      const { body, head } = network.init(rng.split('network'));
      tf.dispose([head.weight, head.bias]);
      return { body, gate: gate?.init(rng.split('gate')) ?? {}, logRate: tf.scalar(Math.log(settings.rate)) };
    },
    begin(theta, lifetimes) {
      const { weight, bias } = shape;
      const head = { weight: tf.zeros([lifetimes, ...weight]), bias: tf.zeros([lifetimes, ...bias]) };
      const body =
        part === 'head' ? {} : (mapTree(theta.body, (leaf: Tensor) => tiled(leaf, lifetimes)) as Parameters);
      return { body, head };
    },
    embed,
    activations: (theta, inputs) => activationsOf(network, gate, theta, theta.body, inputs),
    outputs,
    learn(theta, plastic, embedded, targets) {
      const loss = (tree: Plastic) => crossEntropy(outputs(theta, tree, embedded), targets).sum() as Scalar;
      const slopes = gradients(loss, plastic);
      const rate = rateOf(theta);
      const leaf = (from: Tensor, slope: Tensor) =>
        from.sub((order === 1 ? stopGradient(slope) : slope).mul(rate));
      return zipPlastic(plastic, slopes, leaf);
    },
  };
}

function headShape(network: StreamNetwork) {
  const { weight, bias } = network.initHead(createRng(0));
  const shape = { weight: weight.shape, bias: bias.shape };
  tf.dispose([weight, bias]);
  return shape;
}

function zipPlastic(a: Plastic, b: Plastic, fn: (a: Tensor, b: Tensor) => Tensor): Plastic {
  return zipTrees(fn as (...leaves: Tensor[]) => Tensor, a as Tree<Tensor>, b as Tree<Tensor>) as Plastic;
}
