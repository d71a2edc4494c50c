import { requireOneOf } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActorCritic, ActorCriticInput, ActorCriticParameters } from './actor-critic.js';
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
}

/**
 * The fields of a row, one decision: `observation`, `action`, `logProbability`, `advantage`, `return`, `value` (all as they were
 * when acting), `mask`, `reset`, and `numbers` of the old distribution where its divergence is penalised.
 */
export function actorCriticLayout(model: ActorCritic, options: ActorCriticLossOptions): RowLayout {
  return rowLayout({
    observation: model.inputSize,
    action: model.head.actionSize,
    logProbability: 1,
    advantage: 1,
    return: 1,
    value: 1,
    mask: 1,
    reset: 1,
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
    const column = (name: string) => readColumn(rows, layout, name).reshape([tasks, items * length]); // [T, B · L]
    const mask = column('mask');
    const input: ActorCriticInput = {
      observations: readColumn(rows, layout, 'observation'),
      ...(state === undefined ? {} : { state, resets: column('reset').reshape([tasks, items, length]) }),
    };
    const { distribution, values } = model.evaluate(parameters, input);
    const actions = readColumn(rows, layout, 'action').reshape([
      tasks,
      items * length,
      model.head.actionSize,
    ]);
    const logProbability = distribution.logProbability(
      model.head.discrete ? actions.reshape([tasks, items * length]) : actions,
    );
    const oldLogProbability = column('logProbability');
    const advantages = column('advantage');
    const clipped = ppoLoss({ logProbability, oldLogProbability, advantages, mask }, options.clip);
    const policyLoss =
      options.objective === 'clipped'
        ? clipped.loss
        : policyGradientLoss({ logProbability, advantages, mask });
    const valuesBatch = { values, returns: column('return'), oldValues: column('value'), mask };
    const squared = valueLoss(valuesBatch, options.valueClip);
    const entropy = meanEntropy(distribution.entropy(), mask);
    let loss = policyLoss.sub(entropy.mul(options.entropyCoefficient));
    if (options.valueCoefficient > 0) loss = loss.add(squared.mul(options.valueCoefficient));
    if (options.divergencePenalty > 0) {
      const numbers = readColumn(rows, layout, 'numbers').reshape([tasks, items * length, model.head.size]);
      const moved = weightedMean(model.head.distribution(numbers).divergence(distribution), mask);
      loss = loss.add(moved.mul(options.divergencePenalty));
    }
    const mean = (x: Tensor) => tf.mean(x) as Scalar;
    const metrics = {
      policyLoss: mean(policyLoss),
      valueLoss: mean(squared),
      entropy: mean(entropy),
      divergence: mean(clipped.divergence),
      clipped: mean(clipped.clipped),
    };
    return { loss: mean(loss), metrics };
  };
}
