import { type Rng, TasklearnError } from '@tasklearn/core';
import {
  type CellParameters,
  dense,
  gruCell,
  lstmCell,
  type Parameters,
  type RecurrentCell,
  rnnCell,
  unrollCell,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';
import { orthogonal } from './orthogonal.js';
import { deviationParameters, headNumbers, outputSizeOfHead, type PolicyOptions } from './policy-for.js';

/** What a {@link recurrentPolicy} is made of. */
export interface RecurrentPolicyOptions {
  /** I: numbers that it is fed per step: an observation, and what the caller puts beside it. */
  readonly inputSize: number;
  readonly head: ActionHead;
  /** Default `gru`. */
  readonly cell?: 'gru' | 'lstm' | 'rnn';
  /** D, units of the cell. Default 64. */
  readonly size?: number;
  /** E: units of a tanh layer between input and cell. Default 0: none. */
  readonly encoder?: number;
  /** Whether a value is read from the cell too. Default true. */
  readonly value?: boolean;
  /** See {@link PolicyOptions}; only for Gaussian heads. */
  readonly deviation?: 'parameter' | 'network';
  /** See {@link PolicyOptions}; only for Gaussian heads. Default 0. */
  readonly initialLogDeviation?: number;
  /** Factor of the first weights of the action layer. Default 0.01. */
  readonly headScale?: number;
}

/** What a recurrent policy says of a batch of steps. */
export interface RecurrentDecision {
  /** π(a | history), over [T, B] for one step and [T, B · L] for sequences. */
  readonly distribution: ActionDistribution;
  /** V(history), [T, B] or [T, B · L]; absent where the policy has no value. */
  readonly value?: Tensor;
}

/** A policy with a memory, and a value read from the same memory. Pure: the memory is a tensor that it takes and returns. */
export interface RecurrentPolicy {
  readonly head: ActionHead;
  readonly inputSize: number;
  /** S: numbers that it remembers per item. */
  readonly stateSize: number;
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /** A memory in which nothing has happened, [T, B, S]: zeros. */
  begin(tasks: number, items: number): Tensor;
  /**
   * One step.
   *
   * @param inputs - [T, B, I].
   * @param state - [T, B, S].
   * @param resets - [T, B], 1 where the memory is emptied first. Default nowhere.
   */
  step(
    parameters: Parameters,
    inputs: Tensor,
    state: Tensor,
    resets?: Tensor,
  ): RecurrentDecision & { readonly state: Tensor };
  /**
   * Whole sequences.
   *
   * @param inputs - [T, B, L, I].
   * @param options - `state` [T, B, S] before the first step, and `resets` [T, B, L].
   * @returns decisions over [T, B · L], step l of item b at b · L + l; `states` [T, B, L, S] after each step; `state` after
   * the last.
   */
  unroll(
    parameters: Parameters,
    inputs: Tensor,
    options?: { readonly state?: Tensor; readonly resets?: Tensor },
  ): RecurrentDecision & { readonly states: Tensor; readonly state: Tensor };
}

const makers = { gru: gruCell, lstm: lstmCell, rnn: rnnCell } as const;

/** W orthogonal with this gain, b zero. */
function layer(inputs: number, outputs: number, gain: number, rng: Rng) {
  const weight = orthogonal(gain)([inputs, outputs], { fanIn: inputs, fanOut: outputs }, rng);
  return { weight, bias: tf.zeros([outputs]) };
}

function layerOf(parameters: Parameters, name: string) {
  const found = parameters[name];
  if (found?.weight !== undefined) return found as { readonly weight: Tensor };
  throw new TasklearnError('SHAPE_MISMATCH', `recurrentPolicy: the parameters have no \`${name}\`.`, {
    expected: name,
    found: Object.keys(parameters),
  });
}

/** Reads distribution and value from what the cell shows, [T, B, D]. */
function decide(options: RecurrentPolicyOptions, parameters: Parameters, shown: Tensor): RecurrentDecision {
  const { head, value = true } = options;
  const outputs = dense(shown, layerOf(parameters, 'head'));
  const distribution = head.distribution(headNumbers(head, parameters, outputs, options));
  if (!value) return { distribution };
  return { distribution, value: dense(shown, layerOf(parameters, 'value')).reshape(shown.shape.slice(0, 2)) };
}

/**
 * A recurrent policy: input → (tanh layer) → cell → action distribution and value.
 *
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { createRng } from '@tasklearn/core';
 * import { categoricalHead, recurrentPolicy } from '@tasklearn/rl';
 *
 * const policy = recurrentPolicy({ inputSize: 3, head: categoricalHead(2), size: 8 });
 * const parameters = policy.init(createRng(0));
 * const { distribution, state } = policy.step(parameters, tf.zeros([1, 5, 3]), policy.begin(1, 5));
 * [distribution.entropy().shape, state.shape]; // => [[1, 5], [1, 5, 8]]
 * ```
 */
export function recurrentPolicy(options: RecurrentPolicyOptions): RecurrentPolicy {
  const { inputSize, head, size = 64, encoder = 0, value = true, headScale = 0.01 } = options;
  const cell: RecurrentCell = makers[options.cell ?? 'gru']({
    inputSize: encoder === 0 ? inputSize : encoder,
    size,
  });
  const encoded = (parameters: Parameters, inputs: Tensor) =>
    encoder === 0 ? inputs : tf.tanh(dense(inputs, layerOf(parameters, 'encoder')));
  return {
    head,
    inputSize,
    stateSize: cell.stateSize,
    init: (rng) => ({
      ...(encoder === 0 ? {} : { encoder: layer(inputSize, encoder, Math.SQRT2, rng.split('encoder')) }),
      cell: cell.init(rng.split('cell')),
      head: layer(size, outputSizeOfHead(head, options), headScale, rng.split('head')),
      ...(value ? { value: layer(size, 1, 1, rng.split('value')) } : {}),
      ...deviationParameters(head, options),
    }),
    begin: (tasks, items) => tf.zeros([tasks, items, cell.stateSize]),
    step(parameters, inputs, state, resets) {
      const own = parameters.cell as CellParameters;
      const before = resets === undefined ? state : state.mul(tf.sub(1, resets.expandDims(2)));
      const next = cell.advance(own, cell.project(own, encoded(parameters, inputs)), before); // [T, B, S]
      const shown = cell.stateSize === size ? next : tf.slice(next, [0, 0, 0], [-1, -1, size]);
      return { ...decide(options, parameters, shown), state: next };
    },
    unroll(parameters, inputs, at = {}) {
      const own = parameters.cell as CellParameters;
      const { outputs, states, state } = unrollCell(cell, own, encoded(parameters, inputs), at);
      const [tasks, items, length] = outputs.shape as [number, number, number];
      return {
        ...decide(options, parameters, outputs.reshape([tasks, items * length, size])),
        states,
        state,
      };
    },
  };
}
