import { type Rng, TasklearnError } from '@tasklearn/core';

/** Stands in for the stream that a caller left out; drawing from it says so. */
export function missingRng(name: string): Rng {
  const draw = (): never => {
    throw new TasklearnError(
      'INVALID_OPTION',
      `run: \`${name}\` draws random numbers, and no Rng was given. Call run(input, createRng(seed)).`,
      { name, key: 'rng' },
    );
  };
  const rng: Rng = {
    split: () => rng,
    next: draw,
    integer: draw,
    gaussian: draw,
    permutation: draw,
    normal: draw,
    uniform: draw,
  };
  return rng;
}
