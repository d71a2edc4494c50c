import { requireInteger, requireNonNegative, requireOneOf } from '@tasklearn/core';
import { type CrawlerCondition, crawlerConditions } from './crawler-body.js';

/** Options of the crawler. */
export type SixLegOptions = {
  /** L, even: half of the legs on each side. */
  readonly legs: number;
  /** Steps of an episode. */
  readonly horizon: number;
  /** Standard deviation of each number observed. */
  readonly noise: number;
  /** What the tasks of the test split suffer; `mixed` takes turns, `none` has them like training tasks. */
  readonly test: CrawlerCondition | 'mixed' | 'none';
  /** The body changes within the episode after so many steps, to nominal or one of the conditions; 0 never. */
  readonly switchEvery: number;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Six legs, tested under all conditions in turn. */
export const sixLegDefaults: SixLegOptions = {
  legs: 6,
  horizon: 200,
  noise: 0.005,
  test: 'mixed',
  switchEvery: 0,
  trainingTasks: 0,
};

/**
 * Complete options.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function sixLegSettings(options: Partial<SixLegOptions>): SixLegOptions {
  const settings = { ...sixLegDefaults, ...options };
  requireOneOf('six-leg', settings, 'legs', [2, 4, 6, 8]);
  requireInteger('six-leg', settings, 'horizon');
  requireInteger('six-leg', settings, 'switchEvery', 0);
  requireNonNegative('six-leg', settings, 'noise');
  requireOneOf('six-leg', settings, 'test', ['mixed', 'none', ...crawlerConditions]);
  return settings;
}
