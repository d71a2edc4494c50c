import type { Rng } from '@tasklearn/core';
import { createInitializer } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Weights of a recurrent cell: every gate side by side. */
export type CellParameters = {
  /** From the input, [I, G]. */
  readonly input: Tensor;
  /** From the output of the last step, [H, G]. */
  readonly recurrent: Tensor;
  /** [G]. */
  readonly bias: Tensor;
};

/** Which cell: gated recurrent unit or long short-term memory. */
export type CellName = 'gru' | 'lstm';

/** A recurrent cell whose input products are taken for all steps at once. Recordable. */
export interface RecurrentCell {
  /** Numbers of the state of one sequence: H, and for the LSTM 2H (output, then memory). */
  readonly stateSize: number;
  /** Numbers of its output, H: the first of the state. */
  readonly outputSize: number;
  /** Weights; the caller disposes. */
  init(rng: Rng): CellParameters;
  /** One step. @param x - [N, I]. @param state - [N, S]. @returns [N, S]. */
  step(parameters: CellParameters, x: Tensor, state: Tensor): Tensor;
  /**
   * All steps of N sequences.
   *
   * @param x - [N, L, I].
   * @param state - before the first step, [N, S].
   * @returns the state after each step, [N, L, S]; its first H numbers are the output.
   */
  unroll(parameters: CellParameters, x: Tensor, state: Tensor): Tensor;
}

/** Columns [first, first + count) of [N, K]. */
function columns(x: Tensor, first: number, count: number): Tensor {
  return tf.slice(x, [0, first], [x.shape[0] as number, count]);
}

/** h′ = u ∘ h + (1 − u) ∘ tanh(x_c + r ∘ h_c), with the reset r after the product. */
function gruStep(size: number, fromInput: Tensor, fromState: Tensor, state: Tensor): Tensor {
  const gates = tf.sigmoid(columns(fromInput, 0, 2 * size).add(columns(fromState, 0, 2 * size))); // r, u
  const update = columns(gates, size, size);
  const recurrent = columns(gates, 0, size).mul(columns(fromState, 2 * size, size));
  const candidate = tf.tanh(columns(fromInput, 2 * size, size).add(recurrent));
  return candidate.add(update.mul(state.sub(candidate)));
}

/** c′ = σ(f + 1) ∘ c + σ(i) ∘ tanh(g), h′ = σ(o) ∘ tanh(c′). */
function lstmStep(size: number, fromInput: Tensor, fromState: Tensor, state: Tensor): Tensor {
  const sums = fromInput.add(fromState); // i, f, g, o
  const memory = columns(state, size, size);
  const forget = tf.sigmoid(columns(sums, size, size).add(1));
  const added = tf.sigmoid(columns(sums, 0, size)).mul(tf.tanh(columns(sums, 2 * size, size)));
  const next = forget.mul(memory).add(added);
  const output = tf.sigmoid(columns(sums, 3 * size, size)).mul(tf.tanh(next));
  return tf.concat([output, next], 1);
}

/**
 * A GRU (reset after the recurrent product, as fast libraries have it) or an LSTM (forget bias 1).
 *
 * @param inputSize - I.
 * @param size - H.
 * @see Cho et al. 2014. arXiv:1406.1078. Hochreiter, Schmidhuber 1997.
 */
export function recurrentCell(name: CellName, inputSize: number, size: number): RecurrentCell {
  const gates = name === 'gru' ? 3 : 4;
  const stateSize = name === 'gru' ? size : 2 * size;
  const advance = name === 'gru' ? gruStep : lstmStep;
  const outputOf = (state: Tensor) => (name === 'gru' ? state : columns(state, 0, size));
  const fromInput = (parameters: CellParameters, x: Tensor) =>
    tf.matMul(x.reshape([-1, inputSize]), parameters.input).add(parameters.bias);
  const step = (parameters: CellParameters, projected: Tensor, state: Tensor) =>
    advance(size, projected, tf.matMul(outputOf(state), parameters.recurrent), state);
  return {
    stateSize,
    outputSize: size,
    init(rng) {
      const glorot = createInitializer({ name: 'glorotUniform' });
      return {
        input: glorot([inputSize, gates * size], { fanIn: inputSize, fanOut: size }, rng.split('input')),
        recurrent: glorot([size, gates * size], { fanIn: size, fanOut: size }, rng.split('recurrent')),
        bias: tf.zeros([gates * size]),
      };
    },
    step: (parameters, x, state) => step(parameters, fromInput(parameters, x), state),
    unroll(parameters, x, state) {
      const [sequences, length] = x.shape as [number, number, number];
      const projected = fromInput(parameters, x).reshape([sequences, length, gates * size]);
      const states: Tensor[] = [];
      for (const input of tf.unstack(projected, 1))
        states.push(step(parameters, input, states.at(-1) ?? state));
      return tf.stack(states, 1);
    },
  };
}
