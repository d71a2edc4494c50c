import { type StreamSpec, type TreeSpec, treeFromLeaves } from '@tasklearn/core';
import { flattenPerTask, gradients, lossOf } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { NetworkParameters, StreamNetwork } from '../engine/network.js';
import type { ItemBatch } from '../memory/item-batch.js';

/** Networks that predict, one for each component. */
export interface MixtureModel {
  readonly network: StreamNetwork;
  readonly spec: StreamSpec;
  readonly thetaSpec: TreeSpec;
  /** β > 0, rate of learning online. */
  readonly rate: number;
  /** σ > 0 of a number about its prediction; without effect on classes. */
  readonly deviation: number;
}

/** Rows [C, P] as parameters whose leaves are [C, ...]. */
export function componentTree(rows: Tensor, spec: TreeSpec): NetworkParameters {
  const count = rows.shape[0] as number;
  const leaves = spec.leaves.map(({ offset, size, shape }) =>
    tf.slice(rows, [0, offset], [count, size]).reshape([count, ...shape]),
  );
  return treeFromLeaves(spec.structure, leaves) as NetworkParameters;
}

/** A window [1, W, ...] for each of C components. */
function repeated(window: ItemBatch, count: number): ItemBatch {
  const tile = (x: Tensor) => tf.tile(x, [count, ...Array<number>(x.rank - 1).fill(1)]);
  return { inputs: tile(window.inputs), targets: tile(window.targets), mask: tile(window.mask) };
}

/**
 * Mean of −log p over a window, up to what does not depend on the parameters, for each component, [C]. The mean, not the sum: a sum
 * would make responsibilities all but certain.
 */
function meanCosts({ network, spec, deviation }: MixtureModel, tree: NetworkParameters, batch: ItemBatch) {
  const outputs = network.outputs(tree.head, network.features(tree.body, batch.inputs));
  const losses = lossOf(spec)(outputs, batch.targets, batch.mask);
  if (spec.target.kind === 'classification') return losses;
  const size = spec.target.shape.reduce((product, length) => product * length, 1);
  return losses.mul(size / (2 * deviation ** 2)); // A mean over components of squares, as −log N(y; f, σ² I).
}

/** Gradients of the loss of a window at each row, [C, P]. */
function slopesOf({ network, spec, thetaSpec }: MixtureModel, rows: Tensor, batch: ItemBatch): Tensor {
  const tree = componentTree(rows, thetaSpec);
  const slopes = gradients((at: NetworkParameters) => {
    const outputs = network.outputs(at.head, network.features(at.body, batch.inputs));
    return lossOf(spec)(outputs, batch.targets, batch.mask).sum() as Scalar;
  }, tree as never);
  return flattenPerTask(slopes as never);
}

/** What is judged: components [C, P], the prior network [P], the last items [1, W, ...]. */
export type JudgeInput<Leaf = Tensor> = {
  readonly rows: Leaf;
  readonly star: Leaf;
  readonly window: ItemBatch<Leaf>;
};

/** log p of a window under each component [C] and under a new one, which is the prior network after one step; recordable. */
export function judgeStep(model: MixtureModel) {
  return ({ rows, star, window }: JudgeInput) => {
    const count = rows.shape[0] as number;
    const start = star.expandDims(0);
    const candidate = start.sub(slopesOf(model, start, window).mul(model.rate));
    const all = tf.concat([rows, candidate], 0);
    const costs = meanCosts(model, componentTree(all, model.thetaSpec), repeated(window, count + 1));
    return { logLikelihoods: tf.neg(costs), candidate: candidate.reshape([star.size]) };
  };
}

/** θ_i ← θ_i − β P(i) ∇(loss of the window) for every component; recordable. */
export function learnStep(model: MixtureModel) {
  return ({ rows, weights, window }: Omit<JudgeInput, 'star'> & { readonly weights: Tensor }) => {
    const slopes = slopesOf(model, rows, repeated(window, rows.shape[0] as number));
    return { rows: rows.sub(slopes.mul(weights.expandDims(1)).mul(model.rate)) };
  };
}

/** Predictions [B, ...] averaged over components with weights [C]; recordable. */
export function predictStep({ network, spec, thetaSpec }: MixtureModel) {
  return ({
    rows,
    weights,
    inputs,
  }: {
    readonly rows: Tensor;
    readonly weights: Tensor;
    readonly inputs: Tensor;
  }) => {
    const [count, items] = [rows.shape[0] as number, inputs.shape[1] as number];
    const tree = componentTree(rows, thetaSpec);
    const tiled = tf.tile(inputs, [count, ...Array<number>(inputs.rank - 1).fill(1)]);
    const outputs = network
      .outputs(tree.head, network.features(tree.body, tiled))
      .reshape([count, items, -1]);
    const means = spec.target.kind === 'classification' ? tf.softmax(outputs) : outputs;
    return { means: tf.sum(means.mul(weights.reshape([count, 1, 1])), 0) };
  };
}
