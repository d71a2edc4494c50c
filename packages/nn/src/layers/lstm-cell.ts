import * as tf from '@tensorflow/tfjs';
import { gatesOf, gateWeights, requireCellSizes } from './cell-parameters.js';
import type { CellOptions, RecurrentCell } from './recurrent-cell.js';

/**
 * Long short-term memory.
 *
 * i, f, o = σ(W x + U h + b), g = tanh(W_g x + U_g h + b_g), c′ = f ∘ c + i ∘ g, h′ = o ∘ tanh(c′)
 *
 * Parameters, each with or without a leading T: `inputWeight` [I, 4D] and `stateWeight` [D, 4D] for i, f, o, g side by
 * side, `inputBias` [4D], whose part for f starts at 1. The state is h and c side by side, S = 2D.
 *
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1.
 * @see Hochreiter, Schmidhuber. Long Short-Term Memory. Neural Computation 9, 1997; with the forget gate of Gers,
 * Schmidhuber, Cummins, 2000.
 */
export function lstmCell(options: CellOptions): RecurrentCell {
  requireCellSizes('lstmCell', options);
  const { inputSize, size } = options;
  return {
    inputSize,
    size,
    stateSize: 2 * size,
    init: (rng) => ({
      ...gateWeights(options, 4, rng),
      inputBias: tf.tidy(() => tf.concat([tf.zeros([size]), tf.ones([size]), tf.zeros([2 * size])])),
    }),
    project: (parameters, inputs) => gatesOf('lstmCell', parameters, inputs, 'inputWeight', 'inputBias'),
    advance(parameters, projected, state) {
      const [hidden, cell] = tf.split(state, 2, -1) as [tf.Tensor, tf.Tensor]; // [T, B, D]
      const all = projected.add(gatesOf('lstmCell', parameters, hidden, 'stateWeight')); // [T, B, 4D]
      const [gates, raw] = tf.split(all, [3 * size, size], -1) as [tf.Tensor, tf.Tensor];
      const [input, forget, output] = tf.split(tf.sigmoid(gates), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const next = forget.mul(cell).add(input.mul(tf.tanh(raw)));
      return tf.concat([output.mul(tf.tanh(next)), next], -1); // [T, B, 2D]
    },
  };
}
