import type { EpisodeSpec, LabelledSet } from '@tasklearn/core';
import { gradients, lossOf, type Model, type Parameters } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { stepAgainst } from './gaussian-trees.js';

/** ∇_φ of each task's own loss, leaves [T, ...]: one derivative of the sum over tasks. */
export function taskLossGradient(
  model: Model,
  spec: EpisodeSpec,
  phi: Parameters,
  { inputs, targets, mask }: LabelledSet,
): Parameters {
  const loss = lossOf(spec);
  return gradients((at) => tf.sum(loss(model.apply(at, inputs), targets, mask)).asScalar(), phi);
}

/** k steps of φ ← φ − α ∇L(φ), all tasks at once; differentiable to the second order. */
export function descend(
  model: Model,
  spec: EpisodeSpec,
  start: Parameters,
  set: LabelledSet,
  { steps, rate }: { readonly steps: number; readonly rate: number },
): Parameters {
  let phi = start;
  for (let step = 0; step < steps; step += 1) {
    phi = stepAgainst(phi, taskLossGradient(model, spec, phi, set), rate);
  }
  return phi;
}
