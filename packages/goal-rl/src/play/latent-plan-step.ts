import type { HostTensor, Rng } from '@tasklearn/core';
import { adam } from '@tasklearn/nn';
import { gradientOfTasks, initialNetwork, type OptimizerState, optimized } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { LatentPlanModel, LatentPlanParameters, PlayWindows } from './latent-plan-model.js';

/** A latent plan model under training. */
export type LatentPlanState<Leaf = Tensor> = {
  /** [P]. */
  readonly parameters: Leaf;
  readonly optimizer: OptimizerState<Leaf>;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/** What a gradient step takes. */
export type LatentPlanStepInput<Leaf = Tensor> = {
  readonly state: LatentPlanState<Leaf>;
  readonly windows: PlayWindows<Leaf>;
};

/** What it returns: the next state, and loss, action loss and divergence, [3]. */
export type LatentPlanStepOutput<Leaf = Tensor> = {
  readonly state: LatentPlanState<Leaf>;
  readonly report: Leaf;
};

/** Names of the numbers of a report. */
export const LATENT_PLAN_METRICS = ['loss', 'actionLoss', 'divergence'] as const;

/** One gradient step as a recordable function, and what it begins with. */
export function latentPlanStep(model: LatentPlanModel, learningRate: number) {
  const optimizer = adam({ learningRate });
  return {
    /** First state, on the host. */
    begin(rng: Rng): LatentPlanState<HostTensor> {
      const host = (tensor: Tensor): HostTensor => {
        const data = tensor.dataSync<'float32'>().slice();
        tensor.dispose();
        return { dtype: 'float32', shape: tensor.shape, data };
      };
      const first = initialNetwork(model.init as never, optimizer, rng);
      const moments = Object.entries(first.optimizer).map(([name, value]) => [name, host(value)]);
      const step: HostTensor = { dtype: 'float32', shape: [], data: new Float32Array(1) };
      return { parameters: host(first.vector), optimizer: Object.fromEntries(moments), step };
    },
    run({ state, windows }: LatentPlanStepInput, rng: Rng): LatentPlanStepOutput {
      const { loss, gradient, kept } = gradientOfTasks(
        (tree) => {
          const parameters = tree as unknown as LatentPlanParameters;
          const found = model.loss(parameters, windows, rng);
          return { losses: found.loss, kept: { actionLoss: found.actionLoss, divergence: found.divergence } };
        },
        state.parameters,
        model.structure,
      );
      const next = optimized(optimizer, gradient, state.optimizer, state.parameters, state.step);
      return {
        state: { parameters: next.vector, optimizer: next.optimizer, step: state.step.add(1) },
        report: tf.stack([loss, kept.actionLoss as Tensor, kept.divergence as Tensor]),
      };
    },
  };
}
