import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Initializer } from '../initializers/initializer.js';

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
