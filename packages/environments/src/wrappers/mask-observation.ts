import { type ControlDistribution, TasklearnError } from '@tasklearn/core';
import { changeObservation } from './change-observation.js';

/**
 * Hides a part of the state: only the numbers at `keep` are shown, in that order. Laws of reward and references that read
 * what is hidden are gone; goals too.
 *
 * @throws `INVALID_OPTION` for an index that is none.
 */
export function maskObservation(base: ControlDistribution, keep: readonly number[]): ControlDistribution {
  const width = base.spec.observation.shape[0] ?? 1;
  if (keep.length === 0 || keep.some((index) => !Number.isInteger(index) || index < 0 || index >= width))
    throw new TasklearnError(
      'INVALID_OPTION',
      `maskObservation: expected indices in [0, ${width}), got [${keep.join(', ')}].`,
      { key: 'keep', received: keep },
    );
  const size = keep.length;
  return changeObservation(base, {
    name: 'masked',
    size,
    goal: null,
    writer: () => ({
      write(observation, copy, _, into) {
        for (let index = 0; index < size; index += 1)
          into[copy * size + index] = observation[copy * width + (keep[index] as number)] as number;
      },
    }),
  });
}
