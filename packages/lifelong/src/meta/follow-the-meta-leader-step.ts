import {
  flattenTree,
  type GradientTransformation,
  type Rng,
  type StreamSpec,
  type Tree,
  type TreeSpec,
  unflattenTree,
  zipTrees,
} from '@tasklearn/core';
import { gradients, lossOf, stopGradient, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { NetworkParameters, StreamNetwork } from '../engine/network.js';
import type { ItemBatch } from '../memory/item-batch.js';

/** How parameters are adapted to a task: U(θ) = θ − α ∇L(θ), so many times. */
export interface InnerSettings {
  readonly innerSteps: number;
  /** α. */
  readonly innerRate: number;
  /** 2: the outer gradient goes through the inner ones; 1: it does not. */
  readonly order: 1 | 2;
}

/** Tasks [K, ...] to descend on: what is adapted to, and what is asked afterwards. */
export type MetaBatch<Leaf = Tensor> = { readonly support: ItemBatch<Leaf>; readonly query: ItemBatch<Leaf> };

type Predictor = { readonly network: StreamNetwork; readonly spec: StreamSpec };

/** Mean loss of each task's items, [K]. */
function lossesOf({ network, spec }: Predictor, parameters: NetworkParameters, batch: ItemBatch): Tensor {
  const outputs = network.outputs(parameters.head, network.features(parameters.body, batch.inputs));
  return lossOf(spec)(outputs, batch.targets, batch.mask);
}

function moved(parameters: NetworkParameters, slopes: NetworkParameters, rate: number): NetworkParameters {
  const leaf = (from: Tensor, slope: Tensor) => from.sub(slope.mul(rate));
  return zipTrees(
    leaf as (...leaves: Tensor[]) => Tensor,
    parameters as Tree<Tensor>,
    slopes as Tree<Tensor>,
  ) as NetworkParameters;
}

/** Every leaf with an axis of K tasks in front. */
function tiled(parameters: NetworkParameters, tasks: number): NetworkParameters {
  const leaf = (x: Tensor) => x.expandDims(0).add(tf.zeros([tasks, ...Array<number>(x.rank).fill(1)]));
  return zipTrees(leaf as (...leaves: Tensor[]) => Tensor, parameters as Tree<Tensor>) as NetworkParameters;
}

/** U(θ) for each of K tasks; leaves [K, ...]. */
export function adaptedParameters(
  predictor: Predictor,
  parameters: NetworkParameters,
  support: ItemBatch,
  { innerSteps, innerRate, order }: InnerSettings,
): NetworkParameters {
  let own = tiled(parameters, support.mask.shape[0] as number);
  for (let step = 0; step < innerSteps; step += 1) {
    const slopes = gradients(
      (at: NetworkParameters) => lossesOf(predictor, at, support).sum() as Scalar,
      own as never,
    );
    own = moved(own, order === 1 ? stopGradient(slopes as never) : slopes, innerRate);
  }
  return own;
}

/**
 * What the meta-leader minimises, on a batch of tasks: mean_k f_k(U_k(θ)). Without inner steps U is the identity, and all items count:
 * that is what the leader minimises.
 *
 * @returns [].
 */
export function metaLeaderLoss(
  predictor: Predictor,
  parameters: NetworkParameters,
  { support, query }: MetaBatch,
  settings: InnerSettings,
): Scalar {
  if (settings.innerSteps === 0) {
    const both = lossesOf(predictor, parameters, support).add(lossesOf(predictor, parameters, query));
    return both.mean().div(2) as Scalar;
  }
  const own = adaptedParameters(predictor, parameters, support, settings);
  return lossesOf(predictor, own, query).mean() as Scalar;
}

/** What an outer step takes. */
export type OuterInput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: { readonly [name: string]: Leaf };
  readonly step: Leaf;
  readonly batch: MetaBatch<Leaf>;
};

/** One step of the outer optimiser on {@link metaLeaderLoss}; recordable. */
export function outerStep(
  predictor: Predictor,
  thetaSpec: TreeSpec,
  optimizer: GradientTransformation,
  settings: InnerSettings,
) {
  return ({ theta, optimizer: state, step, batch }: OuterInput, _rng: Rng) => {
    const tree = unflattenTree<NetworkParameters>(theta, thetaSpec);
    const { gradients: slopes } = valueAndGradients(
      (at: NetworkParameters) => metaLeaderLoss(predictor, at, batch, settings),
      tree as never,
    );
    const next = optimizer.update(flattenTree(slopes as never).vector, state, theta, step);
    return {
      theta: theta.add(next.change),
      optimizer: next.state as { readonly [name: string]: Tensor },
    };
  };
}

/** One gradient step on items of one task, [1, B, ...]; recordable. */
export function adaptStep(predictor: Predictor, thetaSpec: TreeSpec, rate: number) {
  return ({ theta, batch }: { readonly theta: Tensor; readonly batch: ItemBatch }) => {
    const tree = unflattenTree<NetworkParameters>(theta, thetaSpec);
    const slopes = gradients(
      (at: NetworkParameters) => lossesOf(predictor, at, batch).sum() as Scalar,
      tree as never,
    );
    return { theta: theta.sub(flattenTree(slopes as never).vector.mul(rate)) };
  };
}
