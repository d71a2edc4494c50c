import {
  flattenTree,
  type GradientTransformation,
  type Rng,
  type StreamSpec,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { flattenPerTask, lossOf, perTaskGradients, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ItemBatch } from '../memory/item-batch.js';
import { projectGradient } from '../protection/project-gradient.js';
import type { Protection, Slots } from '../protection/protection.js';
import type { NetworkParameters, StreamNetwork } from './network.js';

/** What one update takes. */
export type TrainInput<Leaf = Tensor> = {
  /** θ, [P]. */
  readonly theta: Leaf;
  readonly optimizer: { readonly [name: string]: Leaf };
  /** Updates made before, []. */
  readonly step: Leaf;
  /** New and replayed items, [1, B, ...]. */
  readonly batch: ItemBatch<Leaf>;
  /** Items that gradients may not make worse, [K, M, ...]; rows without items bind nothing. */
  readonly past?: ItemBatch<Leaf>;
  readonly slots: Slots<Leaf>;
};

/** What one update returns; `slots` holds those that changed. */
export type TrainOutput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: { readonly [name: string]: Leaf };
  readonly slots: Slots<Leaf>;
  /** Loss of the batch, []. */
  readonly loss: Leaf;
};

/** What an update is made of. */
export interface TrainStepParts {
  readonly spec: StreamSpec;
  readonly thetaSpec: TreeSpec;
  readonly network: StreamNetwork;
  readonly protection: Protection;
  readonly optimizer: GradientTransformation;
  /** Whether the n-th change is divided by n: with plain gradient descent on a quadratic this is the mean of all items. */
  readonly harmonic: boolean;
  /** γ of the projection onto what `past` allows. */
  readonly margin: number;
}

const FORBIDDEN = 1e9;

/** Outputs [T, B, N] of a batch; classes that are not allowed are out of reach. */
export function outputsOf(
  network: StreamNetwork,
  parameters: NetworkParameters,
  { inputs, allowed }: Pick<ItemBatch, 'inputs' | 'allowed'>,
): Tensor {
  const outputs = network.outputs(parameters.head, network.features(parameters.body, inputs));
  return allowed === undefined ? outputs : outputs.add(allowed.sub(1).mul(FORBIDDEN));
}

/** Gradients of each memory's own loss, [K, P]; 0 where it is empty. */
function memoryGradients(
  { spec, network }: TrainStepParts,
  parameters: NetworkParameters,
  past: ItemBatch,
): Tensor {
  const rows = past.mask.shape[0] as number;
  const loss = lossOf(spec);
  const { gradients } = perTaskGradients(
    (tree: NetworkParameters) => loss(outputsOf(network, tree, past), past.targets, past.mask),
    parameters,
    rows,
  );
  return flattenPerTask(gradients);
}

/**
 * One update: θ ← θ + change(∇ [loss of the batch + penalty] + pull), projected where there are constraints; recordable.
 */
export function trainStep(parts: TrainStepParts): (input: TrainInput, rng: Rng) => TrainOutput {
  const { spec, thetaSpec, network, protection, optimizer, harmonic, margin } = parts;
  const loss = lossOf(spec);
  const bare = (parameters: NetworkParameters, inputs: Tensor) =>
    network.outputs(parameters.head, network.features(parameters.body, inputs));
  return ({ theta, optimizer: state, step, batch, past, slots }) => {
    const tree = unflattenTree<NetworkParameters>(theta, thetaSpec);
    const objective = (parameters: NetworkParameters) => {
      const outputs = bare(parameters, batch.inputs);
      const reached =
        batch.allowed === undefined ? outputs : outputs.add(batch.allowed.sub(1).mul(FORBIDDEN));
      const value = tf.sum(loss(reached, batch.targets, batch.mask)) as Scalar;
      if (protection.penalty === undefined) return value;
      const old = (vector: Tensor) => bare(unflattenTree<NetworkParameters>(vector, thetaSpec), batch.inputs);
      const context = { parameters, slots, batch, outputs, outputsOf: old };
      return value.add(protection.penalty(context)) as Scalar;
    };
    const { value, gradients } = valueAndGradients(objective, tree);
    const own = flattenTree(gradients).vector; // [P]
    const pulled = protection.pull === undefined ? own : own.add(protection.pull(theta, slots));
    const gradient =
      past === undefined ? pulled : projectGradient(pulled, memoryGradients(parts, tree, past), margin);
    const next = optimizer.update(gradient, state, theta, step);
    const change = harmonic ? next.change.div(step.add(1)) : next.change;
    return {
      theta: theta.add(change),
      optimizer: next.state as TrainOutput['optimizer'],
      slots: protection.after?.(slots, own, change) ?? {},
      loss: value,
    };
  };
}
