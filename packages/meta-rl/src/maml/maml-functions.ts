import type { GradientTransformation, Rng, TreeSpec } from '@tasklearn/core';
import { type Parameters, valueAndGradients } from '@tasklearn/nn';
import { toAction, unpackParameters } from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { FlatState } from '../networks/flat-update.js';
import { type InnerLoop, innerStep, logProbabilityOf } from './inner-step.js';
import type { MamlRlOptions } from './maml-options.js';
import {
  adaptedDivergence,
  adaptedNumbers,
  type MamlBatch,
  outerGain,
  startDivergence,
} from './outer-objective.js';
import { decisionsOf } from './policy-rows.js';
import { trustRegionStep } from './trust-region-step.js';

/** Loop and all options. */
export interface MamlSetting extends InnerLoop {
  readonly options: MamlRlOptions;
}

/** Draws actions in every copy, [T, E, O] → [T, E] or [T, E, A], by the parameters of its task. */
export function actFunction({ policy, treeSpec, layout: { limits } }: InnerLoop) {
  return (
    { phi, observation }: { readonly phi: Tensor; readonly observation: Tensor },
    rng: Rng,
  ): { readonly actions: Tensor } => {
    const drawn = policy.apply(unpackParameters<Parameters>(phi, treeSpec), observation).sample(rng);
    return { actions: limits === undefined ? drawn : toAction(drawn, limits) };
  };
}

/** What {@link adaptFunction} takes: φ [T, P], rows [T, B, W] and α []. */
export type AdaptInput = { readonly phi: Tensor; readonly rows: Tensor; readonly rate: Tensor };

/** One inner step of every task. */
export function adaptFunction(loop: InnerLoop) {
  return ({ phi, rows, rate }: AdaptInput): { readonly phi: Tensor } => ({
    phi: innerStep(loop, phi, decisionsOf(rows, loop.layout), rate),
  });
}

/** log π of packed decisions, [T, B]. */
export function logProbabilityFunction(loop: InnerLoop) {
  return ({ phi, rows }: { readonly phi: Tensor; readonly rows: Tensor }): { readonly found: Tensor } => ({
    found: logProbabilityOf(loop, phi, decisionsOf(rows, loop.layout)),
  });
}

/** What an outer step takes: state, θ with which the data was made, and the data. */
export type OuterStepInput<Leaf = Tensor> = FlatState<Leaf> & MamlBatch<Leaf> & { readonly oldTheta: Leaf };

/** What it returns: next state and what {@link outerReport} names. */
export type OuterStepOutput = FlatState & { readonly report: Tensor };

/** Names of the numbers that an outer step reports. */
export const outerReport = ['gainBefore', 'gainAfter', 'divergence', 'stepShare'] as const;

/** The outer update of MAML-TRPO in one piece: gradient to second order, conjugate gradients and line search. */
export function trustRegionFunction(setting: MamlSetting) {
  const { options } = setting;
  return (input: OuterStepInput): OuterStepOutput => {
    const old = adaptedNumbers(setting, input.theta, input);
    const { theta, report } = trustRegionStep(input.theta, {
      gain: (at) => outerGain(setting, at, input),
      divergence: (at) => adaptedDivergence(setting, at, input, old),
      radius: options.trustRegion,
      conjugateSteps: options.conjugateSteps,
      damping: options.damping,
      lineSearchSteps: options.lineSearchSteps,
    });
    return { theta, optimizer: input.optimizer, step: input.step.add(1), report };
  };
}

/** One gradient step of the outer objective, less ProMP's penalty. */
export function gradientFunction(setting: MamlSetting, optimizer: GradientTransformation) {
  const { divergenceWeight } = setting.options;
  return (input: OuterStepInput): OuterStepOutput => {
    const loss = ({ at }: { readonly at: Tensor }) => {
      const gain = outerGain(setting, at, input);
      if (divergenceWeight === 0) return tf.neg(gain) as Scalar;
      return startDivergence(setting, at, input.oldTheta, input).mul(divergenceWeight).sub(gain) as Scalar;
    };
    const { value, gradients } = valueAndGradients(loss, { at: input.theta });
    const next = optimizer.update(gradients.at, input.optimizer as never, input.theta, input.step);
    const gain = tf.neg(value);
    const report = tf.stack([
      gain,
      gain,
      startDivergence(setting, input.theta, input.oldTheta, input),
      tf.scalar(1),
    ]);
    return {
      theta: input.theta.add(next.change),
      optimizer: next.state as FlatState['optimizer'],
      step: input.step.add(1),
      report,
    };
  };
}

/** The loop of a specification and its options, given the structure of the parameters. */
export function mamlSetting(
  policy: InnerLoop['policy'],
  treeSpec: TreeSpec,
  layout: InnerLoop['layout'],
  options: MamlRlOptions,
): MamlSetting {
  return { policy, treeSpec, layout, options };
}
