import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Parameters of a recurrent cell by name; any may carry a leading task axis. */
export type CellParameters = { readonly [name: string]: Tensor };

/**
 * One step of a recurrent network, pure: all it remembers is in the state, one tensor whose first D numbers per item are
 * its output.
 */
export interface RecurrentCell {
  /** I. */
  readonly inputSize: number;
  /** D: numbers that it shows. */
  readonly size: number;
  /** S ≥ D: numbers that it remembers; a state of zeros is the usual start. */
  readonly stateSize: number;
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): CellParameters;
  /** The part of a step that needs no state, for any number of steps at once: [T, B, ..., I] → [T, B, ..., G]. */
  project(parameters: CellParameters, inputs: Tensor): Tensor;
  /**
   * The rest of a step.
   *
   * @param projected - [T, B, G].
   * @param state - [T, B, S].
   * @returns the next state, [T, B, S].
   */
  advance(parameters: CellParameters, projected: Tensor, state: Tensor): Tensor;
}

/** What a cell is made of. */
export interface CellOptions {
  /** I, ≥ 1. */
  readonly inputSize: number;
  /** D, ≥ 1. */
  readonly size: number;
}
