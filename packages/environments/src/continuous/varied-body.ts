import { type Rng, TasklearnError, type Varies } from '@tasklearn/core';
import { drawParameters, type ParameterRange, requireRange } from './parameter-range.js';

/** Ranges of the parameters of a body; `delay`, where there is one, is in whole steps. */
type Ranges = Readonly<Record<string, ParameterRange>>;

/** What is needed to vary a body between tasks. */
export interface VariedBody {
  readonly varies: readonly Varies[];
  /** Most steps of delay. */
  readonly maximumDelay: number;
  /** Parameters of a task. */
  draw(rng: Rng): Record<string, number>;
}

/**
 * A body whose parameters are drawn from ranges.
 *
 * @param lowest - smallest value allowed, by name; 0 unless told.
 * @throws `INVALID_OPTION` for a range that is none, or a delay that is not whole.
 */
export function variedBody(
  owner: string,
  ranges: Ranges,
  lowest: Readonly<Record<string, number>> = {},
): VariedBody {
  const differing = Object.keys(ranges).filter((name) =>
    requireRange(owner, ranges, name, lowest[name] ?? 0),
  );
  const { delay = [0, 0] as const, ...others } = ranges;
  const [shortest, longest] = delay;
  if (!Number.isInteger(shortest) || !Number.isInteger(longest))
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: option \`delay\` must be two integers, got [${delay.join(', ')}].`,
      { owner, key: 'delay', expected: 'integers', received: delay },
    );
  return {
    varies: differing.length > 0 ? ['dynamics'] : [],
    maximumDelay: longest,
    draw: (rng) => ({
      ...drawParameters(rng, others),
      delay: shortest + rng.split('delay').integer(longest - shortest + 1),
    }),
  };
}
