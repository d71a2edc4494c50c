import * as tf from '@tensorflow/tfjs';
import { gatesOf, gateWeights, requireCellSizes } from './cell-parameters.js';
import type { CellOptions, RecurrentCell } from './recurrent-cell.js';

/**
 * The simplest recurrent network: h′ = tanh(W x + U h + b).
 *
 * Parameters, each with or without a leading T: `inputWeight` [I, D], `stateWeight` [D, D], `inputBias` [D]. The state is
 * h, S = D.
 *
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1.
 * @see Elman. Finding Structure in Time. Cognitive Science 14, 1990.
 */
export function rnnCell(options: CellOptions): RecurrentCell {
  requireCellSizes('rnnCell', options);
  const { inputSize, size } = options;
  return {
    inputSize,
    size,
    stateSize: size,
    init: (rng) => ({ ...gateWeights(options, 1, rng), inputBias: tf.zeros([size]) }),
    project: (parameters, inputs) => gatesOf('rnnCell', parameters, inputs, 'inputWeight', 'inputBias'),
    advance: (parameters, projected, state) =>
      tf.tanh(projected.add(gatesOf('rnnCell', parameters, state, 'stateWeight'))),
  };
}
