import {
  flattenTree,
  type GradientTransformation,
  type Rng,
  type Tree,
  type TreeSpec,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';

/** A loss to go down, and numbers to log about it. */
export interface LossAndMetrics {
  readonly loss: Scalar;
  readonly metrics: Readonly<Record<string, Scalar>>;
}

/** What one {@link gradientUpdate} takes. */
export type GradientUpdateInput<Batch> = {
  /** θ, [P]. */
  readonly theta: Tensor;
  /** The optimiser's state. */
  readonly optimizer: Tree<Tensor>;
  /** Updates made before this one, and a factor of the change (1, or less to anneal the learning rate); [2]. */
  readonly clock: Tensor;
  readonly batch: Batch;
};

/** What one {@link gradientUpdate} returns. */
export type GradientUpdateOutput = {
  readonly theta: Tensor;
  readonly optimizer: Tree<Tensor>;
  /** The values of `reportNames()`, [M]. */
  readonly report: Tensor;
};

/** One step of an optimiser down a loss, as one recordable function of flat vectors. */
export interface GradientUpdate<Batch> {
  /** θ ← θ + factor · change(∇θ L). */
  readonly run: (input: GradientUpdateInput<Batch>, rng: Rng) => GradientUpdateOutput;
  /** Names of the numbers in `report`: `loss`, `gradientNorm`, then the loss's own. Known once `run` has been called. */
  reportNames(): readonly string[];
}

/** Gradient in the tree of θ's leaves; metrics are kept across the gradient's own scope. */
function lossGradient<Tensors extends Tree<Tensor>>(loss: (tree: Tensors) => LossAndMetrics, tree: Tensors) {
  const kept = new Map<string, Scalar>();
  try {
    const { value, gradients } = valueAndGradients((at: Tensors) => {
      const found = loss(at);
      for (const [name, metric] of Object.entries(found.metrics)) kept.set(name, tf.keep(metric.clone()));
      return found.loss;
    }, tree);
    const metrics = [...kept].map(([name, metric]) => [name, metric.clone()] as const);
    return { value, gradients, metrics };
  } finally {
    for (const metric of kept.values()) metric.dispose();
  }
}

/**
 * One update of packed parameters down a loss: forward, gradient, optimiser, metrics. To be prepared by an executor.
 *
 * @param loss - recordable: parameters as a tree, a batch, and randomness to a scalar.
 * @param spec - structure of θ.
 */
export function gradientUpdate<Batch extends Tree<Tensor>>(
  loss: (parameters: Tree<Tensor>, batch: Batch, rng: Rng) => LossAndMetrics,
  spec: TreeSpec,
  optimizer: GradientTransformation,
): GradientUpdate<Batch> {
  let names: readonly string[] = [];
  return {
    run({ theta, optimizer: state, clock, batch }, rng) {
      const tree = unpackParameters(theta, spec);
      const { value, gradients, metrics } = lossGradient((at: Tree<Tensor>) => loss(at, batch, rng), tree);
      const { vector } = flattenTree(gradients); // [P]
      const [step, factor] = tf.unstack(clock) as [Tensor, Tensor];
      const next = optimizer.update(vector, state, theta, step);
      const all: (readonly [string, Tensor])[] = [
        ['loss', value],
        ['gradientNorm', tf.sqrt(tf.sum(tf.square(vector)))],
        ...metrics,
      ];
      names = all.map(([name]) => name);
      const report = tf.concat(all.map(([, metric]) => metric.reshape([1])));
      return { theta: theta.add(next.change.mul(factor)), optimizer: next.state, report };
    },
    reportNames: () => names,
  };
}
