import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Parameters by layer name, then by their own name; any leaf may carry a leading task axis. */
export type Parameters = { readonly [layer: string]: { readonly [name: string]: Tensor } };

/** What a model may want to know besides its inputs. */
export interface ApplyContext {
  /** Gradient steps taken so far in the inner loop: chooses the statistics of `batchPerStep`. */
  readonly innerStep?: number;
  /** Noise, where a model draws any (dropout). */
  readonly rng?: Rng;
  /** True while meta-training; dropout is off without it. */
  readonly training?: boolean;
}

/** A pure network: parameters are values, never held inside. */
export interface Model {
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * @param parameters - as from `init`; leaves may carry the task axis T of the inputs.
   * @param inputs - [T, B, ...input shape], float32.
   * @returns [T, B, out]. The caller disposes.
   */
  apply(parameters: Parameters, inputs: Tensor, context?: ApplyContext): Tensor;
}
