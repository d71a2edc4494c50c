import { type Rng, requireInteger, TasklearnError } from '@tasklearn/core';
import {
  type CellParameters,
  dense,
  gruCell,
  lstmCell,
  type Parameters,
  type RecurrentCell,
  unrollCell,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { errorLoss } from '../off-policy/target-network.js';
import { orthogonal } from '../policies/orthogonal.js';
import { type Backup, chosenValue, nextValue } from './dqn.js';

/** What a {@link recurrentQFunction} is made of. */
export interface RecurrentQOptions {
  /** I: numbers that it is fed per step: an observation, and what the caller puts beside it. */
  readonly inputSize: number;
  /** A. */
  readonly actions: number;
  /** Default `gru`. */
  readonly cell?: 'gru' | 'lstm';
  /** D, units of the cell. Default 64. */
  readonly size?: number;
  /** E: units of a rectified layer between input and cell. Default 0: none. */
  readonly encoder?: number;
  /** Q = V + A − mean A. Default true. */
  readonly dueling?: boolean;
}

/** Q(history, ·) with a memory. Pure: the memory is a tensor that it takes and returns. */
export interface RecurrentQFunction {
  readonly actions: number;
  readonly inputSize: number;
  /** S: numbers that it remembers per item. */
  readonly stateSize: number;
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /** An empty memory, [T, B, S]. */
  begin(tasks: number, items: number): Tensor;
  /**
   * One step.
   *
   * @param inputs - [T, B, I].
   * @param state - [T, B, S].
   * @returns values [T, B, A], and the memory after the step.
   */
  step(
    parameters: Parameters,
    inputs: Tensor,
    state: Tensor,
  ): { readonly values: Tensor; readonly state: Tensor };
  /**
   * Whole sequences.
   *
   * @param inputs - [T, B, L, I].
   * @param at - memory before the first step, and where it is emptied, [T, B, L].
   * @returns [T, B, L, A].
   */
  unroll(
    parameters: Parameters,
    inputs: Tensor,
    at?: { readonly state?: Tensor; readonly resets?: Tensor },
  ): Tensor;
}

/** W orthogonal with this gain, b zero. */
function layer(inputs: number, outputs: number, gain: number, rng: Rng) {
  const weight = orthogonal(gain)([inputs, outputs], { fanIn: inputs, fanOut: outputs }, rng);
  return { weight, bias: tf.zeros([outputs]) };
}

function layerOf(parameters: Parameters, name: string) {
  const found = parameters[name];
  if (found?.weight !== undefined) return found as { readonly weight: Tensor };
  throw new TasklearnError('SHAPE_MISMATCH', `recurrentQFunction: the parameters have no \`${name}\`.`, {
    expected: name,
    found: Object.keys(parameters),
  });
}

/** Values of the actions from what the cell shows, [..., D] → [..., A]. */
function readValues(parameters: Parameters, shown: Tensor, actions: number, dueling: boolean): Tensor {
  const outputs = dense(shown, layerOf(parameters, 'head'));
  if (!dueling) return outputs;
  const [advantage, value] = tf.split(outputs, [actions, 1], -1) as [Tensor, Tensor];
  return value.add(advantage).sub(tf.mean(advantage, -1, true));
}

/**
 * A recurrent Q-function: input → (rectified layer) → cell → values of all actions, dueling or not.
 *
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1.
 *
 * @see Hausknecht, Stone. Deep Recurrent Q-Learning for Partially Observable MDPs. 2015. arXiv:1507.06527.
 */
export function recurrentQFunction(options: RecurrentQOptions): RecurrentQFunction {
  const { inputSize, actions, size = 64, encoder = 0, dueling = true } = options;
  for (const key of ['inputSize', 'actions'] as const) requireInteger('recurrentQFunction', options, key);
  const make = options.cell === 'lstm' ? lstmCell : gruCell;
  const cell: RecurrentCell = make({ inputSize: encoder === 0 ? inputSize : encoder, size });
  const encoded = (parameters: Parameters, inputs: Tensor) =>
    encoder === 0 ? inputs : tf.relu(dense(inputs, layerOf(parameters, 'encoder')));
  return {
    actions,
    inputSize,
    stateSize: cell.stateSize,
    init: (rng) => ({
      ...(encoder === 0 ? {} : { encoder: layer(inputSize, encoder, Math.SQRT2, rng.split('encoder')) }),
      cell: cell.init(rng.split('cell')),
      head: layer(size, actions + (dueling ? 1 : 0), 1, rng.split('head')),
    }),
    begin: (tasks, items) => tf.zeros([tasks, items, cell.stateSize]),
    step(parameters, inputs, state) {
      const own = parameters.cell as CellParameters;
      const next = cell.advance(own, cell.project(own, encoded(parameters, inputs)), state); // [T, B, S]
      const shown = cell.stateSize === size ? next : tf.slice(next, [0, 0, 0], [-1, -1, size]);
      return { values: readValues(parameters, shown, actions, dueling), state: next };
    },
    unroll(parameters, inputs, at = {}) {
      const own = parameters.cell as CellParameters;
      const { outputs } = unrollCell(cell, own, encoded(parameters, inputs), at); // [T, B, L, D]
      return readValues(parameters, outputs, actions, dueling);
    },
  };
}

/** Sequences of steps for {@link recurrentDqnLoss}. */
export interface SequenceBatch {
  /** What is fed at each step and after the last, [T, B, L + 1, I]. */
  readonly inputs: Tensor;
  /** Indices, [T, B, L]. */
  readonly actions: Tensor;
  /** [T, B, L]. */
  readonly rewards: Tensor;
  /** d: 0 where the step terminated, [T, B, L]. */
  readonly discounts: Tensor;
  /** 1 where there is a step, [T, B, L]. */
  readonly mask: Tensor;
  /** 1 where the memory is emptied before the step, [T, B, L + 1]. Default nowhere. */
  readonly resets?: Tensor;
}

/** How {@link recurrentDqnLoss} makes its targets. */
export interface RecurrentDqnOptions {
  /** γ in [0, 1]. Default 0.99. */
  readonly discount?: number;
  /** Whether the network chooses the action that the target network values. Default true. */
  readonly double?: boolean;
  /** Default `{ kind: 'max' }`. */
  readonly backup?: Backup;
  /** Default `huber`. */
  readonly loss?: 'squared' | 'huber';
  /** Steps at the beginning that only fill the memory and do not count. Default 0. */
  readonly burnIn?: number;
}

/** 1 for the steps that count, [T, B, L]. */
function countedSteps(mask: Tensor, burnIn: number): Tensor {
  const length = mask.shape[2] as number;
  const after = Float32Array.from({ length }, (_, step) => (step >= burnIn ? 1 : 0));
  return burnIn === 0 ? mask : mask.mul(tf.tensor(after, [1, 1, length]));
}

/**
 * Loss of recurrent (double) deep Q-learning over whole sequences: mean over the steps of the mask of
 * ℓ(Q(h_t, a_t) − r_t − γ d_t Q′(h_{t+1}, argmax_a Q(h_{t+1}, a))). No gradient flows through the targets.
 *
 * @param online - θ, which the loss is differentiated in.
 * @param target - θ′.
 * @returns `losses` [T], and `errors`, |δ| [T, B, L], 0 outside the mask.
 */
export function recurrentDqnLoss(
  network: RecurrentQFunction,
  online: Parameters,
  target: Parameters,
  batch: SequenceBatch,
  options: RecurrentDqnOptions = {},
): { readonly losses: Tensor; readonly errors: Tensor } {
  const { discount = 0.99, double = true, backup = { kind: 'max' }, loss = 'huber', burnIn = 0 } = options;
  const at = batch.resets === undefined ? {} : { resets: batch.resets };
  const [tasks, items, length] = batch.actions.shape as [number, number, number];
  const values = network.unroll(online, batch.inputs, at); // [T, B, L + 1, A]
  const part = (all: Tensor, from: number) =>
    tf.slice(all, [0, 0, from, 0], [tasks, items, length, network.actions]);
  const chosen = chosenValue(part(values, 0), batch.actions); // [T, B, L]
  const theirs = part(network.unroll(target, batch.inputs, at), 1);
  // The choice of an action has no derivative: nothing flows through it.
  const next = nextValue(theirs, backup, double ? part(values, 1) : undefined); // [T, B, L]
  const error = chosen.sub(batch.rewards.add(batch.discounts.mul(next).mul(discount)));
  const counted = countedSteps(batch.mask, burnIn);
  const total = tf.sum(errorLoss(error, loss).mul(counted), [1, 2]); // [T]
  const count = tf.maximum(tf.sum(counted, [1, 2]), 1);
  return { losses: total.div(count), errors: tf.abs(error).mul(counted) };
}
