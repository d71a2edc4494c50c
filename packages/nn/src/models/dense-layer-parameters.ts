import { type Rng, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Initializer } from '../initializers/initializer.js';
import type { DenseParameters } from '../layers/dense.js';
import type { Parameters } from './model.js';

/** First values of one dense layer: W from the initialiser, b zero. The caller disposes. */
export function denseLayerParameters(
  inputs: number,
  outputs: number,
  initializer: Initializer,
  rng: Rng,
): { readonly weight: Tensor; readonly bias: Tensor } {
  const weight = initializer([inputs, outputs], { fanIn: inputs, fanOut: outputs }, rng.split('weight'));
  return { weight, bias: tf.zeros([outputs]) };
}

/** The parameters of one dense layer. @throws `SHAPE_MISMATCH` if they have no weight. */
export function denseLayerOf(owner: string, parameters: Parameters, name: string): DenseParameters {
  const layer = parameters[name];
  if (layer?.weight !== undefined) return layer as { readonly weight: Tensor };
  throw new TasklearnError('SHAPE_MISMATCH', `${owner}: the parameters have no weight for \`${name}\`.`, {
    layer: name,
    found: Object.keys(parameters),
  });
}
