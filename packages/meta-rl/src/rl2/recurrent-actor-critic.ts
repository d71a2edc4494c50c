import type { ControlSpec, Rng, Tree } from '@tasklearn/core';
import { dense, mlp, type Parameters } from '@tasklearn/nn';
import { type ActionDistribution, type ActionHead, actionHeadFor, actionLimits } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type CellName, type CellParameters, recurrentCell } from '../networks/recurrent-cell.js';

/** What a policy with memory is made of. */
export interface RecurrentActorCriticOptions {
  readonly cell: CellName;
  readonly hiddenSize: number;
  /** Layers before the memory. */
  readonly embedding: readonly number[];
  /** Numbers in one input. */
  readonly inputSize: number;
}

/** π(a | history) and V(history) on one memory. Recordable. */
export interface RecurrentActorCritic {
  /** Numbers of the memory of one trial. */
  readonly stateSize: number;
  readonly head: ActionHead;
  /** Shared parameters; the caller disposes. */
  init(rng: Rng): Tree<Tensor>;
  /** One step of N trials: x [N, I], state [N, S]. The distribution is over [1, N]. */
  step(
    parameters: Tree<Tensor>,
    x: Tensor,
    state: Tensor,
  ): { readonly actions: ActionDistribution; readonly state: Tensor };
  /**
   * All steps of N trials: x [N, L, I], state [N, S]. The distribution is over [N, L], values [N, L], the states after
   * each step [N, L, S].
   */
  unroll(
    parameters: Tree<Tensor>,
    x: Tensor,
    state: Tensor,
  ): { readonly actions: ActionDistribution; readonly values: Tensor; readonly states: Tensor };
}

type Weights = {
  readonly embedding: Parameters;
  readonly cell: CellParameters;
  readonly policy: { readonly weight: Tensor; readonly bias: Tensor };
  readonly value: { readonly weight: Tensor; readonly bias: Tensor };
  readonly logDeviation: Tensor;
};

/** A linear layer that begins near zero. */
function smallLayer(inputs: number, outputs: number, scale: number, rng: Rng) {
  return { weight: rng.normal([inputs, outputs]).mul(scale / Math.sqrt(inputs)), bias: tf.zeros([outputs]) };
}

/** A recurrent policy and value function for an environment. */
export function recurrentActorCritic(
  spec: ControlSpec,
  options: RecurrentActorCriticOptions,
): RecurrentActorCritic {
  const { hiddenSize, embedding, inputSize } = options;
  const head = actionHeadFor(spec);
  const layers = embedding.slice(0, -1);
  const embeddedSize = embedding.at(-1) ?? inputSize;
  const embed =
    embedding.length === 0
      ? undefined
      : mlp({ inputShape: [inputSize], hidden: layers, outputSize: embeddedSize, activation: 'tanh' });
  const cell = recurrentCell(options.cell, embeddedSize, hiddenSize);
  const embedded = (weights: Weights, x: Tensor) =>
    embed === undefined ? x : tf.tanh(embed.apply(weights.embedding, x));
  const outputs = head.discrete ? head.size : head.actionSize;
  const firstDeviation = Math.log(actionLimits(spec.action).reach); // explores the whole range
  const distribution = (weights: Weights, h: Tensor) => {
    const raw = dense(h, weights.policy); // [N, L, K]
    if (head.discrete) return head.distribution(raw);
    return head.distribution(tf.concat([raw, tf.zerosLike(raw).add(weights.logDeviation)], -1));
  };
  return {
    stateSize: cell.stateSize,
    head,
    init: (rng) => ({
      embedding: embed === undefined ? {} : embed.init(rng.split('embedding')),
      cell: cell.init(rng.split('cell')),
      policy: smallLayer(hiddenSize, outputs, 0.01, rng.split('policy')),
      value: smallLayer(hiddenSize, 1, 1, rng.split('value')),
      logDeviation: tf.fill([head.discrete ? 1 : head.actionSize], head.discrete ? 0 : firstDeviation),
    }),
    step(parameters, x, state) {
      const weights = parameters as unknown as Weights;
      const trials = x.shape[0] as number;
      const input = embedded(weights, x.expandDims(0)).reshape([trials, embeddedSize]);
      const next = cell.step(weights.cell, input, state);
      const h = tf.slice(next, [0, 0], [trials, hiddenSize]).expandDims(0); // [1, N, H]
      return { actions: distribution(weights, h), state: next };
    },
    unroll(parameters, x, state) {
      const weights = parameters as unknown as Weights;
      const states = cell.unroll(weights.cell, embedded(weights, x), state); // [N, L, S]
      const [trials, length] = states.shape as [number, number, number];
      const h = tf.slice(states, [0, 0, 0], [trials, length, hiddenSize]);
      const values = dense(h, weights.value).reshape([trials, length]);
      return { actions: distribution(weights, h), values, states };
    },
  };
}
