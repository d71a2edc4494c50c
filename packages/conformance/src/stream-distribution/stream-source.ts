import {
  createRng,
  type HostTensor,
  type Rng,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';

const SPLITS = ['train', 'validation', 'test'] as const;

/** The stream that lifetimes are drawn from here. */
export const seed = (): Rng => createRng('conformance');

/** One step. */
export type StepData = ReturnType<Stream['step']>;

/** Inputs and targets, as a tree of what the stream returned. */
export function dataOf({ inputs, targets }: Pick<StepData, 'inputs' | 'targets'>): Tree<HostTensor> {
  return { inputs, targets };
}

/** Splits that have lifetimes: all learners are tested on `test`; others may be refused by `UNSUPPORTED_TASK`. */
export function splitsOf(distribution: StreamDistribution): readonly Split[] {
  return SPLITS.filter((split) => {
    try {
      distribution.stream(split, 0, seed());
      return true;
    } catch (error) {
      if (split === 'test' || !TasklearnError.is(error, 'UNSUPPORTED_TASK')) throw error;
      return false;
    }
  });
}

/** Calls `visit` with the first lifetimes of every split. */
export function eachLifetime(
  distribution: StreamDistribution,
  lifetimes: number,
  visit: (stream: Stream, what: string) => void,
): void {
  for (const split of splitsOf(distribution))
    for (let index = 0; index < lifetimes; index += 1)
      visit(distribution.stream(split, index, seed()), `${distribution.id}: lifetime ${index} of ${split}`);
}
