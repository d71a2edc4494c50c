import { requireInteger, requireNonNegative } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel } from '../models/dynamics-model.js';
import type { NormalizedTransitions } from '../models/normalizer.js';
import { predictionLoss } from '../models/prediction-loss.js';
import { predictorPerTrial } from '../models/predictor.js';
import type { AdaptiveModel, Window } from './adaptive-model.js';
import { gradientStep, perTrial } from './gradient-step.js';
import { requireOneMember } from './require-one-member.js';
import { splitWindow } from './split-window.js';

/** How a model is trained to be adapted by a gradient step. */
export interface GradientAdaptedModelOptions {
  /** M, transitions that the step is taken on. */
  readonly support: number;
  /** K, following transitions on which the adapted model is judged in training. */
  readonly query: number;
  /** Gradient steps, ≥ 1. */
  readonly steps: number;
  /** ψ at the start of training, ≥ 0. */
  readonly innerRate: number;
  /** Whether ψ is learnt, one per layer; otherwise it stays. */
  readonly learnRates: boolean;
}

/** θ: the parameters to start from, and ψ. */
export type GradientAdaptedParameters = {
  readonly model: Parameters;
  readonly rates: { readonly [layer: string]: Tensor };
};

/**
 * GrBAL, gradient-based adaptive learner: a model whose parameters are one gradient step away from those of any
 * dynamics of the training, found by descending through that step.
 *
 *     min_{θ, ψ} E[−(1/K) Σ_{s = t}^{t+K} log p_{θ′}(s_{s+1} | s_s, a_s)],
 *     θ′ = θ + ψ ∘ ∇_θ (1/M) Σ_{s = t−M}^{t−1} log p_θ(s_{s+1} | s_s, a_s)
 *
 * In a trial every step adapts θ itself to the last M transitions, never what an earlier step has made of it.
 * With ψ = 0 it is the plain model.
 *
 * @throws `INVALID_OPTION` for a number out of range, or an ensemble.
 * @see Nagabandi, Clavera, Liu, Fearing, Abbeel, Levine, Finn. Learning to Adapt in Dynamic, Real-World Environments
 * Through Meta-Reinforcement Learning. ICLR 2019, eq. 3-5. arXiv:1803.11347.
 */
export function gradientAdaptedModel(
  model: DynamicsModel,
  options: GradientAdaptedModelOptions,
): AdaptiveModel<GradientAdaptedParameters> {
  const owner = 'gradientAdaptedModel';
  requireOneMember(owner, model);
  const support = requireInteger(owner, options, 'support');
  const query = requireInteger(owner, options, 'query');
  const steps = requireInteger(owner, options, 'steps');
  const rate = requireNonNegative(owner, options, 'innerRate');

  const adapted = ({ model: theta, rates }: GradientAdaptedParameters, window: Window): Parameters => {
    let phi = perTrial(theta, window.mask.shape[0] as number);
    for (let step = 0; step < steps; step += 1) phi = gradientStep(model, phi, window, rates);
    return phi;
  };
  return {
    batch: { kind: 'windows', support, query },
    window: support,
    init(rng) {
      const theta = model.init(rng);
      return {
        model: theta,
        rates: Object.fromEntries(Object.keys(theta).map((layer) => [layer, tf.scalar(rate)])),
      };
    },
    loss(theta, batch: NormalizedTransitions) {
      const { before, after } = splitWindow(batch, support);
      const rates = options.learnRates
        ? theta.rates
        : Object.fromEntries(Object.keys(theta.rates).map((layer) => [layer, tf.scalar(rate)]));
      const phi = adapted({ model: theta.model, rates }, before);
      const loss = tf.mean(predictionLoss(model.predict(phi, after.inputs), after.changes)) as Scalar;
      return model.penalty === undefined ? loss : (tf.add(loss, model.penalty(theta.model)) as Scalar);
    },
    adapt: (theta, window) =>
      predictorPerTrial(model, adapted(theta, window), window.mask.shape[0] as number),
  };
}
