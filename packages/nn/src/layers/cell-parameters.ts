import { type Rng, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { glorotUniform } from '../initializers/glorot.js';
import { dense } from './dense.js';
import type { CellOptions, CellParameters } from './recurrent-cell.js';

/** @throws `INVALID_OPTION` for a size that is no integer ≥ 1. */
export function requireCellSizes(owner: string, { inputSize, size }: CellOptions): void {
  const bad = [inputSize, size].find((value) => !Number.isInteger(value) || value < 1);
  if (bad === undefined) return;
  throw new TasklearnError('INVALID_OPTION', `${owner}: every size must be an integer >= 1, got ${bad}.`, {
    value: bad,
  });
}

/** First weights of `gates` gates: Glorot's for each, [I, gates · D] and [D, gates · D]. */
export function gateWeights(options: CellOptions, gates: number, rng: Rng): CellParameters {
  const { inputSize, size } = options;
  const side = (rows: number, label: string) =>
    tf.concat(
      Array.from({ length: gates }, (_, gate) =>
        glorotUniform()([rows, size], { fanIn: rows, fanOut: size }, rng.split(label).split(gate)),
      ),
      1,
    );
  return tf.tidy(() => ({ inputWeight: side(inputSize, 'input'), stateWeight: side(size, 'state') }));
}

/** x W + b with the parameters of these names. @throws `SHAPE_MISMATCH` if the weight is absent. */
export function gatesOf(
  owner: string,
  parameters: CellParameters,
  x: Tensor,
  weightName: string,
  biasName?: string,
): Tensor {
  const weight = parameters[weightName];
  if (weight === undefined) {
    throw new TasklearnError('SHAPE_MISMATCH', `${owner}: the parameters have no \`${weightName}\`.`, {
      expected: weightName,
      found: Object.keys(parameters),
    });
  }
  const bias = biasName === undefined ? undefined : parameters[biasName];
  return dense(x, bias === undefined ? { weight } : { weight, bias });
}
