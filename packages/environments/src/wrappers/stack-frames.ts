import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import { changeObservation } from './change-observation.js';

/**
 * Shows the last `frames` observations, the latest last; at the beginning of an episode all are the first one.
 *
 * @throws `INVALID_OPTION`.
 */
export function stackFrames(base: ControlDistribution, frames: number): ControlDistribution {
  requireInteger('stackFrames', { frames }, 'frames');
  const width = base.spec.observation.shape[0] ?? 1;
  const size = width * frames;
  return changeObservation(base, {
    name: `${frames} frames`,
    size,
    baseAt: size - width,
    writer: () => ({
      write(observation, copy, first, into) {
        const [from, end] = [copy * size, (copy + 1) * size];
        if (!first) into.copyWithin(from, from + width, end);
        const latest = observation.subarray(copy * width, (copy + 1) * width);
        for (let frame = first ? 0 : frames - 1; frame < frames; frame += 1)
          into.set(latest, from + frame * width);
      },
    }),
  });
}
