import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Number of units that feed one output unit, and that one input unit feeds. */
export interface Fans {
  /** Inputs per output unit: `in` of a dense layer, `in·kh·kw` of a convolution. */
  readonly fanIn: number;
  /** Outputs per input unit: `out` of a dense layer, `out·kh·kw` of a convolution. */
  readonly fanOut: number;
}

/**
 * Makes the first value of one parameter, float32 of the given shape. The caller disposes.
 * Draws from `rng` only, so the same seed gives the same network on every backend.
 */
export type Initializer = (shape: readonly number[], fans: Fans, rng: Rng) => Tensor;
