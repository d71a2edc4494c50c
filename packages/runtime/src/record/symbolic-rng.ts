import { type Rng, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** A stream of numbers used by a recorded function: which stream it was split from, by which label. */
export interface RandomStream {
  /** Index of the stream it was split from; `undefined` for the one handed to the function. */
  readonly parent: number | undefined;
  readonly label: string | number;
}

/** One tensor drawn by a recorded function; the host fills it on every run. */
export interface RandomDraw {
  /** Index into the streams. */
  readonly stream: number;
  readonly kind: 'normal' | 'uniform';
  readonly shape: readonly number[];
}

/** What a recorded function draws, in its own order. */
export interface RandomInputs {
  readonly streams: readonly RandomStream[];
  readonly draws: readonly RandomDraw[];
}

/** Collects the draws of a function while it is recorded. */
export class RandomRecorder implements RandomInputs {
  readonly streams: RandomStream[] = [];
  readonly draws: RandomDraw[] = [];
  readonly #declare: (draw: RandomDraw) => Tensor;

  /** @param declare - adds a graph input for a draw and returns the tensor that stands for it. */
  constructor(declare: (draw: RandomDraw) => Tensor) {
    this.#declare = declare;
  }

  /** The stream handed to the function being recorded. */
  root(): Rng {
    return this.#stream({ parent: undefined, label: '' });
  }

  #stream(stream: RandomStream): Rng {
    const index = this.streams.push(stream) - 1;
    const draw = (kind: RandomDraw['kind'], shape: readonly number[]) => {
      const made = { stream: index, kind, shape: [...shape] };
      this.draws.push(made);
      return this.#declare(made);
    };
    return {
      split: (label) => this.#stream({ parent: index, label }),
      normal: (shape) => draw('normal', shape),
      uniform: (shape) => draw('uniform', shape),
      next: hostOnly('next'),
      integer: hostOnly('integer'),
      gaussian: hostOnly('gaussian'),
      permutation: hostOnly('permutation'),
    };
  }
}

function hostOnly(method: string): () => never {
  return () => {
    throw new TasklearnError(
      'NOT_RECORDABLE',
      `compile: rng.${method}() gives a number to the host, which would be the same on every run of a recorded function. Draw a tensor with rng.normal(shape) or rng.uniform(shape), or pass the number in as an input.`,
      { method: `rng.${method}` },
    );
  };
}
