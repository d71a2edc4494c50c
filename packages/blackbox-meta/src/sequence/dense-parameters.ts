import type { Rng } from '@tasklearn/core';
import { type DenseParameters, glorotUniform } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';

/** A fully connected layer by Glorot's rule, bias zero. The caller disposes. */
export function denseParameters(inputs: number, outputs: number, rng: Rng): Required<DenseParameters> {
  return {
    weight: glorotUniform()([inputs, outputs], { fanIn: inputs, fanOut: outputs }, rng),
    bias: tf.zeros([outputs]),
  };
}
