import {
  type Executor,
  type GradientTransformation,
  type HostTensor,
  mapTree,
  packHostTree,
  type Rng,
  type Tree,
} from '@tasklearn/core';
import { adam, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ValueFunction } from '../policies/policy.js';
import { floatTensor, preparedGradientSteps } from '../policy-gradients/gradient-steps.js';
import { valueLoss } from '../policy-gradients/ppo-loss.js';
import { unpackParameters } from '../roll-outs/unpack-parameters.js';

/** Returns to be explained by states. */
export interface ValueBaselineBatch {
  /** s, [N * O]. */
  readonly observation: Float32Array;
  /** G, [N]. */
  readonly returns: Float32Array;
  /** 0 for what is left out of the fit, [N]. Default 1. */
  readonly mask?: Float32Array;
}

/** What a {@link valueNetworkBaseline} is made of. */
export interface ValueNetworkBaselineOptions {
  readonly value: ValueFunction;
  /** O. */
  readonly observationSize: number;
  readonly executor: Executor;
  /** First parameters; the same for every fit. */
  readonly rng: Rng;
  /** Steps per fit, each on the whole batch. Default 100. */
  readonly steps?: number;
  /** Default Adam, 0.01. */
  readonly optimizer?: GradientTransformation;
}

/** A value network fitted to one batch at a time. */
export interface ValueNetworkBaseline {
  /** Fits from the first parameters and gives b(s) of every row, [N], masked ones too. */
  fit(batch: ValueBaselineBatch): Promise<Float32Array>;
  /** Frees the compiled steps. Calling it twice is harmless. */
  dispose(): void;
}

function hosted(tree: Tree<Tensor>): Tree<HostTensor> {
  return mapTree(tree, (leaf: Tensor): HostTensor => {
    const data = leaf.dataSync<'float32'>().slice();
    leaf.dispose();
    return floatTensor(data, leaf.shape);
  }) as Tree<HostTensor>;
}

/**
 * A value network as a baseline, fitted anew to each batch from the same first parameters: like `linearFeatureBaseline`, it
 * owes nothing to batches of other parameters, and the same batch always gives the same numbers.
 *
 * Returns are brought to mean 0 and deviation 1 for the fit, so that one learning rate suits all rewards.
 */
export function valueNetworkBaseline(options: ValueNetworkBaselineOptions): ValueNetworkBaseline {
  const { value, observationSize, executor, rng, steps = 100 } = options;
  const optimizer = options.optimizer ?? adam({ learningRate: 0.01 });
  const { vector, spec } = packHostTree(hosted(value.init(rng) as Tree<Tensor>));
  const fitting = preparedGradientSteps<{ observations: Tensor; targets: Tensor; mask: Tensor }>({
    loss: (tree, { observations, targets, mask }) => {
      const values = value.apply(tree as Parameters, observations);
      return { loss: tf.mean(valueLoss({ values, returns: targets, mask })) as Scalar, metrics: {} };
    },
    spec,
    optimizer,
    executor,
    name: 'fit baseline',
  });
  const first = fitting.save();
  const predicting = executor.prepare(
    ({ theta, observations }: { theta: Tensor; observations: Tensor }) => ({
      values: value.apply(unpackParameters<Parameters>(theta, spec), observations),
    }),
    { name: 'baseline' },
  );
  return {
    async fit({ observation, returns, mask = new Float32Array(returns.length).fill(1) }) {
      const count = returns.length;
      const { mean, deviation } = momentsOf(returns, mask);
      const scaled = returns.map((g) => (g - mean) / deviation);
      const observations = floatTensor(observation, [1, count, observationSize]);
      const batch = {
        observations,
        targets: floatTensor(scaled, [1, count]),
        mask: floatTensor(mask, [1, count]),
      };
      fitting.restore(first.tensors, first.step);
      let theta = vector.data as Float32Array;
      for (let step = 0; step < steps; step += 1) ({ theta } = await fitting.step(theta, batch, 1, rng));
      const { values } = await predicting.run({ theta: floatTensor(theta, [spec.size]), observations }, rng);
      return (values.data as Float32Array).map((b) => b * deviation + mean);
    },
    dispose() {
      fitting.dispose();
      predicting.dispose();
    },
  };
}

function momentsOf(
  values: Float32Array,
  mask: Float32Array,
): { readonly mean: number; readonly deviation: number } {
  let [count, sum, squares] = [0, 0, 0];
  values.forEach((value, row) => {
    if (mask[row] === 0) return;
    count += 1;
    sum += value;
    squares += value * value;
  });
  const mean = sum / Math.max(1, count);
  return { mean, deviation: Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean)) + 1e-6 };
}
