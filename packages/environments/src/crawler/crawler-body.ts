import type { ControlTask } from '@tasklearn/core';
import type { StepRandom } from '../vectorised/step-random.js';

/**
 * A crawler's body as numbers in an array, so that it can change while it crawls: friction c, mass m, slope d, bias b,
 * then the strength k of each leg.
 */
export const CRAWLER_BODY = 4;

/** Frictions of felt, carpet and turf. */
export const CRAWLER_FRICTIONS = [0.6, 1, 1.6] as const;

/** What a body can suffer that no training task shows. */
export const crawlerConditions = ['slope', 'missing-leg', 'payload', 'calibration'] as const;

/** One of `crawlerConditions`. */
export type CrawlerCondition = (typeof crawlerConditions)[number];

/** Legs are numbered from front to back, the left side first. */
export const frontRight = (legs: number) => legs / 2;

/** Parameters that differ from the nominal body under a condition. */
export function conditionParameters(condition: CrawlerCondition, legs: number): Record<string, number> {
  switch (condition) {
    case 'slope':
      return { slope: 0.05 };
    case 'missing-leg':
      return { [`leg${frontRight(legs)}`]: 0 };
    case 'payload':
      return { mass: 1.6 };
    default:
      return { bias: 0.03 };
  }
}

/** Writes the body of a task's parameters to `into[at ..]`; absent ones are nominal. */
export function writeCrawlerBody(
  { friction = 1, mass = 1, slope = 0, bias = 0, ...others }: ControlTask['parameters'],
  legs: number,
  into: Float64Array,
  at: number,
): void {
  into[at] = friction;
  into[at + 1] = mass;
  into[at + 2] = slope;
  into[at + 3] = bias;
  for (let leg = 0; leg < legs; leg += 1) into[at + CRAWLER_BODY + leg] = others[`leg${leg}`] ?? 1;
}

/** Writes the nominal body, or one under a condition: each of them equally likely. */
export function writeRandomBody(
  legs: number,
  into: Float64Array,
  at: number,
  random: StepRandom,
  copy: number,
): void {
  into.fill(1, at, at + CRAWLER_BODY + legs);
  into[at + 2] = 0;
  into[at + 3] = 0;
  const drawn = random.integer(copy, 1 + crawlerConditions.length);
  if (drawn === 1) into[at + 2] = 0.05;
  else if (drawn === 2) into[at + CRAWLER_BODY + frontRight(legs)] = 0;
  else if (drawn === 3) into[at + 1] = 1.6;
  else if (drawn === 4) into[at + 3] = 0.03;
}
