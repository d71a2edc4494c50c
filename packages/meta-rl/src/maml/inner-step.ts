import type { TreeSpec } from '@tasklearn/core';
import { gradients, type Parameters, stopGradient } from '@tasklearn/nn';
import {
  diceLoss,
  importanceWeightedLoss,
  lvcLoss,
  type Policy,
  policyGradientLoss,
  unpackParameters,
} from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { MamlRlOptions } from './maml-options.js';
import type { Decisions, PolicyRowLayout } from './policy-rows.js';

/** What the inner loop is made of. */
export interface InnerLoop {
  readonly policy: Policy;
  /** Structure of the parameters. */
  readonly treeSpec: TreeSpec;
  readonly layout: PolicyRowLayout;
  readonly options: Pick<MamlRlOptions, 'surrogate' | 'innerRate' | 'laterRate' | 'laterFactor' | 'order'>;
}

/** log π of the decisions under parameters of each task, [T, P] → [T, B]. */
export function logProbabilityOf(
  { policy, treeSpec }: InnerLoop,
  parameters: Tensor,
  decisions: Decisions,
): Tensor {
  const tree = unpackParameters<Parameters>(parameters, treeSpec);
  const actions = policy.head.discrete ? decisions.actions.reshape(decisions.mask.shape) : decisions.actions;
  return policy.apply(tree, decisions.observations).logProbability(actions);
}

/**
 * The inner objective of each task, to be raised; [T].
 *
 * log: mean log π Â;  lvc: mean (π / ⊥π) Â;  ratio: mean (π / π_acting) Â;  dice: Σ_h (Π_{h′ ≤ h} π / ⊥π) γ^h r_h / H
 *
 * All have the policy gradient for their slope at the acting policy (dice without normalised advantages); they differ in
 * curvature, and so in what the outer gradient credits to the policy before adaptation.
 *
 * @see Foerster et al. 2018. arXiv:1802.05098. Rothfuss et al. 2018. arXiv:1810.06784.
 */
export function innerGain(loop: InnerLoop, parameters: Tensor, decisions: Decisions): Tensor {
  const logProbability = logProbabilityOf(loop, parameters, decisions); // [T, B]
  const { advantages, mask, oldLogProbability, rewards, baseline } = decisions;
  const batch = { logProbability, advantages, mask };
  switch (loop.options.surrogate) {
    case 'log':
      return tf.neg(policyGradientLoss(batch));
    case 'lvc':
      return tf.neg(lvcLoss(batch));
    case 'ratio':
      return tf.neg(importanceWeightedLoss(batch, oldLogProbability));
    case 'dice': {
      const { episodes, horizon } = loop.layout;
      const perStep = (x: Tensor) => x.reshape([mask.shape[0] as number, episodes, horizon]);
      const whole = { logProbability: perStep(logProbability), mask: perStep(mask) };
      return tf.neg(diceLoss({ ...whole, rewards: perStep(rewards), baseline: perStep(baseline) }));
    }
  }
}

/**
 * One step of policy gradient in every task: φ′_i = φ_i + α ∇_φ J_i(φ_i). Can be differentiated.
 *
 * @param parameters - φ, [T, P].
 * @param rate - α.
 * @returns [T, P].
 */
export function innerStep(
  loop: InnerLoop,
  parameters: Tensor,
  decisions: Decisions,
  rate: number | Tensor = loop.options.innerRate,
): Tensor {
  const slope = gradients(({ phi }) => tf.sum(innerGain(loop, phi, decisions)) as Scalar, {
    phi: parameters,
  }).phi; // [T, P]: tasks do not mix
  const constant = loop.options.order === 'first' ? stopGradient(slope) : slope;
  return parameters.add(constant.mul(rate));
}

/** α of inner step `step`, counted from 0. */
export function rateOf(
  { innerRate, laterRate, laterFactor }: Pick<MamlRlOptions, 'innerRate' | 'laterRate' | 'laterFactor'>,
  step: number,
): number {
  return step === 0 ? innerRate : laterRate * laterFactor ** (step - 1);
}

/** θ of all tasks, [P] → [T, P]. */
export function forEachTask(theta: Tensor, tasks: number): Tensor {
  return tf.tile(theta.expandDims(0), [tasks, 1]);
}
