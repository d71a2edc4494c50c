import type { Rng } from '@tasklearn/core';
import { mlp, type Parameters, softplus } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsSizes } from './dynamics-model.js';
import type { NormalizedTransitions } from './normalizer.js';

/** What an {@link outcomeModel} learns. */
export interface OutcomeModelOptions {
  /** Whether it predicts reward. */
  readonly reward: boolean;
  /** Whether it predicts if the episode goes on. */
  readonly continuation: boolean;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Numbers in a description of the task that the reward depends on, Z. Default 0. */
  readonly descriptor?: number;
}

/** What a transition is worth, and whether the episode goes on after it. */
export interface Outcome {
  /** In normalised units, [...]. */
  readonly reward?: Tensor;
  /** Log-odds that the episode goes on, [...]. */
  readonly continuation?: Tensor;
}

/** What is learnt of a transition besides its dynamics: r_ψ(s, a, s′, z), and whether the episode goes on. */
export interface OutcomeModel {
  /** Shared parameters; `{}` where nothing is learnt. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * Reward and continuation of transitions.
   *
   * @param inputs - normalised observation and action, [..., O + A].
   * @param next - normalised next observation, [..., O].
   * @param descriptor - z, [..., Z].
   */
  predict(parameters: Parameters, inputs: Tensor, next: Tensor, descriptor?: Tensor): Outcome;
  /** ½ squared error of the reward, plus the cross-entropy of going on; means, []. */
  loss(parameters: Parameters, rows: NormalizedTransitions, descriptor?: Tensor): Scalar;
}

/** A perceptron with one output for each thing to be learnt. */
export function outcomeModel(
  { observation, action }: DynamicsSizes,
  { reward, continuation, hidden, descriptor: descriptorSize = 0 }: OutcomeModelOptions,
): OutcomeModel {
  const outputSize = Number(reward) + Number(continuation);
  if (outputSize === 0) return { init: () => ({}), predict: () => ({}), loss: () => tf.scalar(0) };
  const network = mlp({
    inputShape: [2 * observation + action + descriptorSize],
    hidden,
    outputSize,
    activation: 'swish',
  });
  const predict: OutcomeModel['predict'] = (parameters, inputs, next, descriptor) => {
    const parts = descriptor === undefined ? [inputs, next] : [inputs, next, descriptor];
    const all = tf.concat(parts, -1); // [..., D]
    const lead = all.shape.slice(0, -1);
    const output = network.apply(parameters, tf.reshape(all, [1, -1, all.shape[all.rank - 1] as number]));
    const column = (index: number) => tf.reshape(tf.slice(output, [0, 0, index], [-1, -1, 1]), lead);
    return {
      ...(reward ? { reward: column(0) } : {}),
      ...(continuation ? { continuation: column(outputSize - 1) } : {}),
    };
  };
  return {
    init: (rng) => network.init(rng),
    predict,
    loss(parameters, rows, descriptor) {
      const found = predict(parameters, rows.inputs, rows.next, descriptor);
      const losses: Tensor[] = [];
      if (found.reward !== undefined) {
        const target = tf.squeeze(rows.reward, [-1]);
        losses.push(tf.mul(tf.mean(tf.square(tf.sub(found.reward, target))), 0.5));
      }
      if (found.continuation !== undefined) {
        const went = tf.squeeze(rows.continues, [-1]);
        const logits = found.continuation;
        losses.push(tf.mean(tf.sub(softplus(logits), tf.mul(went, logits)))); // −log p of what happened
      }
      return tf.addN(losses) as Scalar;
    },
  };
}
