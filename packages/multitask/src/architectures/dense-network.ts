import { requireIntegers, TasklearnError } from '@tasklearn/core';
import { activationOf, type DenseParameters, type NetworkOptions, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, Layers, PassContext } from '../engine/architecture.js';
import { applyDense, denseLayer, denseLayerPerTask, forTasks } from '../engine/dense-layers.js';
import { encoderFor, present } from '../engine/encoder.js';

/**
 * How a layer is told the task's descriptor z: `concat` W [x; z] + b, `add` W x + V z + b, `multiply` (W x + b) ∘ (1 + V z),
 * `film` (1 + V z) ∘ (W x + b) + U z. Gates begin at 1.
 */
export type Conditioning = 'none' | 'concat' | 'add' | 'multiply' | 'film';

/** What a {@link denseNetwork} may be told. */
export interface DenseNetworkOptions {
  /** Convolutions for images; `hidden` are the fully connected layers after them. */
  readonly network: NetworkOptions;
  /** How many layers tasks share, counted from the input (the encoder of images is layer 0 and one of them); the rest is per task. */
  readonly sharedLayers: number;
  /** Whether tasks of a group share their head. */
  readonly heads: 'perTask' | 'shared';
  readonly conditioning: Conditioning;
  /** Layers that are told z, counted from 1; `null` for all. */
  readonly conditionedLayers: readonly number[] | null;
}

type ConditionedLayer = {
  readonly dense: Required<DenseParameters>;
  /** z → shift, or z → gate. */
  readonly condition?: { readonly weight: Tensor };
  /** z → shift of `film`. */
  readonly shift?: { readonly weight: Tensor };
};

const layerName = (index: number) => `layer ${index}`;

/** z W for every item, [T, 1, out]. */
function fromDescriptor(descriptors: Tensor, { weight }: { readonly weight: Tensor }): Tensor {
  const z = descriptors.expandDims(1); // [T, 1, Z]
  if (weight.rank === 3) return tf.matMul(z, weight);
  const [tasks = 1, , size = 1] = z.shape;
  return tf.matMul(z.reshape([tasks, size]), weight).expandDims(1);
}

/** One layer before its activation. */
function applyLayer(x: Tensor, layer: ConditionedLayer, kind: Conditioning, z: Tensor): Tensor {
  const tasks = z.shape[0] as number;
  if (layer.condition === undefined && kind !== 'concat') return applyDense(x, layer.dense);
  const spread = forTasks(x, tasks); // [T, B, in]
  if (kind === 'concat') {
    const wide = layer.dense.weight.shape.at(-2) as number;
    if (wide === (x.shape[2] as number)) return applyDense(x, layer.dense);
    const items = tf.tile(z.expandDims(1), [1, spread.shape[1] as number, 1]); // [T, B, Z]
    return applyDense(tf.concat([spread, items], 2), layer.dense);
  }
  const y = applyDense(spread, layer.dense);
  const told = fromDescriptor(z, layer.condition as { weight: Tensor });
  if (kind === 'add') return y.add(told);
  const gated = y.mul(told.add(1));
  return layer.shift === undefined ? gated : gated.add(fromDescriptor(z, layer.shift));
}

/**
 * Fully connected layers (after convolutions, for images) of which the first so many are shared by all tasks and the rest
 * belongs to one task each, told the task's descriptor or not.
 *
 * No layer shared: independent networks. All shared, without descriptor: the pooled learner. All but the heads: the shared bottom.
 *
 * @throws `INVALID_OPTION` for layers that are not there.
 * @see Caruana. Multitask Learning. 1997; Perez et al. FiLM. AAAI 2018. arXiv:1709.07871.
 */
export function denseNetwork(owner: string, options: DenseNetworkOptions): Architecture {
  const { network, sharedLayers, conditioning, heads } = options;
  const { hidden } = network;
  requireIntegers(owner, network, 'hidden', 1);
  const conditioned = options.conditionedLayers ?? hidden.map((_, index) => index + 1);
  const outside = conditioned.find((layer) => !(layer >= 1 && layer <= hidden.length));
  if (conditioning !== 'none' && outside !== undefined) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: option \`conditionedLayers\` must hold layers from 1 to ${hidden.length}, got ${outside}.`,
      { owner, key: 'conditionedLayers', received: outside },
    );
  }
  const encoder = encoderFor(network);
  const activation = activationOf(network.activation);
  const isTold = (layer: number) => conditioning !== 'none' && conditioned.includes(layer);

  return {
    heads,
    featureSize: (spec) => hidden.at(-1) ?? encoder.size(spec),
    init(spec, rng) {
      const tasks = spec.tasks.length;
      const descriptorSize = spec.descriptors.shape[1] as number;
      const isShared = (layer: number) => layer < sharedLayers;
      const encoded = isShared(0)
        ? encoder.init(spec, rng.split('encoder'))
        : encoder.initPerTask(spec, rng.split('encoder'));
      const parts: { shared: Record<string, unknown>; perTask: Record<string, unknown> } = {
        shared: {},
        perTask: {},
      };
      const place = (layer: number, name: string, value: unknown) => {
        (isShared(layer) ? parts.shared : parts.perTask)[name] = value;
      };
      place(0, 'encoder', encoded);
      let size = encoder.size(spec);
      hidden.forEach((units, index) => {
        const layer = index + 1;
        const own = rng.split(layer);
        const inputs = size + (isTold(layer) && conditioning === 'concat' ? descriptorSize : 0);
        const make = (from: number, to: number, label: string) =>
          isShared(layer)
            ? denseLayer(from, to, own.split(label))
            : denseLayerPerTask(from, to, tasks, own.split(label));
        const told = isTold(layer) && conditioning !== 'concat';
        const weights = (label: string) => {
          const { weight, bias } = make(descriptorSize, units, label);
          bias.dispose();
          return { weight };
        };
        place(layer, layerName(layer), {
          dense: make(inputs, units, 'dense'),
          ...(told ? { condition: weights('condition') } : {}),
          ...(told && conditioning === 'film' ? { shift: weights('shift') } : {}),
        });
        size = units;
      });
      return { shared: present(parts.shared) as Layers, perTask: present(parts.perTask) as Layers };
    },
    features(theta, inputs, spec, { descriptors }: PassContext) {
      const of = (name: string) => theta.shared[name] ?? theta.perTask[name];
      let h = encoder.encode(of('encoder') as Parameters | undefined, inputs, spec);
      for (const index of hidden.keys()) {
        const layer = of(layerName(index + 1)) as ConditionedLayer;
        h = activation(applyLayer(h, layer, isTold(index + 1) ? conditioning : 'none', descriptors));
      }
      return forTasks(h, spec.tasks.length);
    },
  };
}
