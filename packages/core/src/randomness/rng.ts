import type { Tensor } from '@tensorflow/tfjs';

/**
 * The only source of randomness: counter-based and split by label, so a draw in one place moves no other
 * stream. Draws from one `Rng` advance its own counter only; `split` never does.
 *
 * Inside a function handed to `compile`, only `split`, `normal` and `uniform` may be used: there they
 * declare an input that the host fills, from the same stream, on every run.
 */
export interface Rng {
  /** A stream that depends on this one's key and the label alone, not on what was drawn before. */
  split(label: string | number): Rng;
  /** A number in [0, 1). Host only. */
  next(): number;
  /** An integer in [0, bound). Host only. */
  integer(bound: number): number;
  /** A standard normal number. Host only. */
  gaussian(): number;
  /** The integers 0..n-1 in random order (Fisher-Yates). Host only. */
  permutation(n: number): Int32Array;
  /** Independent standard normal values, float32, of any shape. The caller disposes. */
  normal(shape: readonly number[]): Tensor;
  /** Independent uniform values in [0, 1), float32, of any shape. The caller disposes. */
  uniform(shape: readonly number[]): Tensor;
}
