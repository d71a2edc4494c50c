import { requireOneOf } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic, ActorCriticParameters } from './actor-critic.js';
import type { LossAndMetrics } from './gradient-update.js';
import { meanEntropy, policyGradientLoss } from './policy-gradient-loss.js';
import { ppoLoss, valueLoss } from './ppo-loss.js';
import { type RowLayout, readColumn, rowLayout } from './row-layout.js';
import { weightedMean } from './weighted-mean.js';

/** Which surrogate, and what is added to it. */
export interface ActorCriticLossOptions {
  /** `clipped` is PPO's, `score` the plain policy gradient. */
  readonly objective: 'clipped' | 'score';
  /** ε of `clipped`, > 0. */
  readonly clip: number;
  /** ε of the values, 0 for none. */
  readonly valueClip: number;
  /** Factor of the value loss; 0 leaves the value function alone. */
  readonly valueCoefficient: number;
  /** Factor of the entropy. */
  readonly entropyCoefficient: number;
  /** Factor of KL(π_old ‖ π); 0 for none. */
  readonly divergencePenalty: number;
  /** Whether some rows are padding, to be left out by `mask`. */
  readonly masked: boolean;
}

/**
 * The fields of a row, one decision: `observation`, `action`, `logProbability`, `advantage` and `return`; and where they are needed
 * `value` (for clipping), `mask` (for padding), `reset` (for a memory) and `numbers` of the old distribution (for its divergence).
 * All as they were when acting.
 */
export function actorCriticLayout(model: ActorCritic, options: ActorCriticLossOptions): RowLayout {
  return rowLayout({
    observation: model.inputSize,
    action: model.head.actionSize,
    logProbability: 1,
    advantage: 1,
    return: 1,
    ...(options.valueClip > 0 ? { value: 1 } : {}),
    ...(options.masked ? { mask: 1 } : {}),
    ...(model.stateSize > 0 ? { reset: 1 } : {}),
    ...(options.divergencePenalty > 0 ? { numbers: model.head.size } : {}),
  });
}

/** A batch of packed rows. */
export type ActorCriticBatch = {
  /** [T, B, L, F] by the layout. */
  readonly rows: Tensor;
  /** Memory before the first step, [T, B, S]; only with memory. */
  readonly state?: Tensor;
};

/**
 * The loss of PPO and A2C over packed rows, recordable:
 * L = L_π + c_v · ½ (V − return)² − c_e · H + β KL(π_old ‖ π), the mean over tasks.
 *
 * With a leading task axis on parameters, each task's rows are judged by its own; the losses of the tasks are averaged.
 *
 * @returns loss and metrics `policyLoss`, `valueLoss`, `entropy`, `divergence`, `clipped`.
 * @throws `INVALID_OPTION` for an unknown objective.
 */
export function actorCriticLoss(
  model: ActorCritic,
  options: ActorCriticLossOptions,
): (parameters: ActorCriticParameters, batch: ActorCriticBatch) => LossAndMetrics {
  requireOneOf('actorCriticLoss', options, 'objective', ['clipped', 'score']);
  const layout = actorCriticLayout(model, options);
  return (parameters, { rows, state }) => {
    const [tasks, items, length] = rows.shape as [number, number, number];
    const field = (name: string) => readColumn(rows, layout, name); // [T, B, L, size]
    const column = (name: string) => field(name).reshape([tasks, items * length]); // [T, B · L]
    const masked = options.masked ? { mask: column('mask') } : {};
    const { distribution, values } = model.evaluate(parameters, {
      observations: field('observation'),
      ...(state === undefined ? {} : { state, resets: field('reset').reshape([tasks, items, length]) }),
    });
    const { discrete, actionSize, size } = model.head;
    const flat = (name: string, width: number) => field(name).reshape([tasks, items * length, width]);
    const decisions = {
      logProbability: distribution.logProbability(discrete ? column('action') : flat('action', actionSize)),
      oldLogProbability: column('logProbability'),
      advantages: column('advantage'),
      ...masked,
    };
    const oldValues = options.valueClip > 0 ? { oldValues: column('value') } : {};
    const clipped = ppoLoss(decisions, options.clip);
    const parts = {
      policyLoss: options.objective === 'clipped' ? clipped.loss : policyGradientLoss(decisions),
      valueLoss: valueLoss({ values, returns: column('return'), ...oldValues, ...masked }, options.valueClip),
      entropy: meanEntropy(distribution.entropy(), masked.mask),
    };
    let loss = parts.policyLoss.sub(parts.entropy.mul(options.entropyCoefficient));
    if (options.valueCoefficient > 0) loss = loss.add(parts.valueLoss.mul(options.valueCoefficient));
    if (options.divergencePenalty > 0) {
      const old = model.head.distribution(flat('numbers', size));
      loss = loss.add(weightedMean(old.divergence(distribution), masked.mask).mul(options.divergencePenalty));
    }
    const mean = (x: Tensor) => tf.mean(x) as Scalar;
    const metrics = { ...parts, divergence: clipped.divergence, clipped: clipped.clipped };
    return {
      loss: mean(loss),
      metrics: Object.fromEntries(Object.entries(metrics).map(([name, x]) => [name, mean(x)])),
    };
  };
}
