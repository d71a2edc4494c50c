import * as tf from '@tensorflow/tfjs';
import { gatesOf, gateWeights, requireCellSizes } from './cell-parameters.js';
import type { CellOptions, RecurrentCell } from './recurrent-cell.js';

/**
 * A gated recurrent unit, with the reset gate after the product, as in PyTorch and cuDNN.
 *
 * r = σ(W_r x + U_r h + b_r), z = σ(W_z x + U_z h + b_z), n = tanh(W_n x + b_n + r ∘ (U_n h + c)),
 * h′ = n + z ∘ (h − n)
 *
 * Parameters, each with or without a leading T: `inputWeight` [I, 3D] and `stateWeight` [D, 3D] for r, z, n side by side,
 * `inputBias` [3D], `candidateBias` c [D]. The state is h, S = D.
 *
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { createRng } from '@tasklearn/core';
 * import { gruCell, unrollCell } from '@tasklearn/nn';
 *
 * const cell = gruCell({ inputSize: 3, size: 8 });
 * const inputs = tf.zeros([2, 5, 7, 3]); // [T, B, L, I]
 * unrollCell(cell, cell.init(createRng(0)), inputs).outputs.shape; // => [2, 5, 7, 8]
 * ```
 *
 * @see Cho et al. Learning Phrase Representations using RNN Encoder-Decoder. EMNLP 2014. arXiv:1406.1078.
 */
export function gruCell(options: CellOptions): RecurrentCell {
  requireCellSizes('gruCell', options);
  const { inputSize, size } = options;
  return {
    inputSize,
    size,
    stateSize: size,
    init: (rng) => ({
      ...gateWeights(options, 3, rng),
      inputBias: tf.zeros([3 * size]),
      candidateBias: tf.zeros([size]),
    }),
    project: (parameters, inputs) => gatesOf('gruCell', parameters, inputs, 'inputWeight', 'inputBias'),
    advance(parameters, projected, state) {
      const own = gatesOf('gruCell', parameters, state, 'stateWeight'); // [T, B, 3D]
      const [gatesIn, candidateIn] = tf.split(projected, [2 * size, size], -1) as [tf.Tensor, tf.Tensor];
      const [gatesOwn, candidateOwn] = tf.split(own, [2 * size, size], -1) as [tf.Tensor, tf.Tensor];
      const [reset, keep] = tf.split(tf.sigmoid(gatesIn.add(gatesOwn)), 2, -1) as [tf.Tensor, tf.Tensor];
      const bias = parameters.candidateBias;
      const shifted =
        bias === undefined
          ? candidateOwn
          : candidateOwn.add(bias.rank === 2 ? bias.reshape([bias.shape[0] as number, 1, size]) : bias);
      const candidate = tf.tanh(candidateIn.add(reset.mul(shifted)));
      return candidate.add(keep.mul(state.sub(candidate))); // [T, B, D]
    },
  };
}
