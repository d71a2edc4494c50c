import type { Rng, TrialProtocol } from '@tasklearn/core';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { groupRows } from '../rows/group-rows.js';
import { interquartileMean } from '../statistics/interquartile-mean.js';
import { stratifiedBootstrap } from '../statistics/stratified-bootstrap.js';
import { clusteredMean } from './clustered-mean.js';
import type { ControlSummary, EpisodePoint, StepPoint } from './comparison-summary.js';

const RESAMPLES = 1000;
/** Points of a curve whose seeds were not measured at the same steps. */
const GRID = 60;

type Series = readonly (readonly [steps: number, value: number])[];

/** Values of one metric against environment steps, per seed, in ascending order. */
function seriesOf(rows: readonly EvaluationRow[]): Series[] {
  return [...groupRows(rows, 'seed').values()].map((own) =>
    own
      .flatMap(({ environmentSteps, value }) =>
        environmentSteps === undefined || value === null ? [] : [[environmentSteps, value] as const],
      )
      .sort(([a], [b]) => a - b),
  );
}

/** The value at a number of steps, on the straight line between its neighbours. */
function valueAt(series: Series, steps: number): number {
  const after = series.findIndex(([at]) => at >= steps);
  if (after === -1) return series.at(-1)![1];
  const [at, value] = series[after]!;
  if (after === 0 || at === steps) return value;
  const [from, before] = series[after - 1]!;
  return before + ((value - before) * (steps - from)) / (at - from);
}

/** Where all seeds can be read off: where they were measured, or a grid over what they share. */
function gridOf(series: readonly Series[]): number[] {
  const places = series.map((own) => own.map(([steps]) => steps));
  const same = places.every((own) => own.join() === places[0]!.join());
  if (same) return [...new Set(places[0])];
  const start = Math.max(...places.map((own) => own[0]!));
  const end = Math.min(...places.map((own) => own.at(-1)!));
  if (end <= start) return [];
  const count = Math.min(GRID, Math.max(...places.map((own) => own.length)));
  return Array.from({ length: count }, (_, index) => start + (index * (end - start)) / (count - 1));
}

/**
 * A curve over environment steps: interquartile mean over seeds with its stratified bootstrap interval. With one seed
 * the interval is the value itself.
 */
export function stepCurve(rows: readonly EvaluationRow[], rng: Rng): StepPoint[] {
  const series = seriesOf(rows).filter((own) => own.length > 1);
  if (series.length === 0) return [];
  return gridOf(series).map((environmentSteps, index) => {
    const values = series.map((own) => valueAt(own, environmentSteps));
    const options = { rng: rng.split(index), resamples: RESAMPLES };
    const { estimate, lower, upper } = stratifiedBootstrap(
      values.map((value) => [value]),
      interquartileMean,
      options,
    );
    return { environmentSteps, value: estimate, lower, upper };
  });
}

/** One metric against the episode within the trial, over test tasks. */
function episodeCurve(rows: readonly EvaluationRow[], metric: string): EpisodePoint[] {
  const own = rows.filter(
    (row) => row.metric === metric && row.split === 'test' && row.episode !== undefined,
  );
  return [...groupRows(own, 'episode')]
    .sort(([a = 0], [b = 0]) => a - b)
    .flatMap(([episode = 0, group]) => {
      const clusters = [...groupRows(group, 'seed').values()].map((each) =>
        each.flatMap(({ value }) => value ?? []),
      );
      const interval = clusteredMean(clusters.filter((values) => values.length > 0));
      if (interval === undefined) return [];
      const { estimate: value, lower, upper } = interval;
      const bound = (end: number) => (Number.isFinite(end) ? end : value);
      return [{ episode, value, lower: bound(lower), upper: bound(upper) }];
    });
}

/**
 * What only control learners have: curves over environment steps and over the episodes of a trial.
 *
 * @param rows - rows of one learner.
 * @returns undefined where there are none of control.
 */
export function controlSummary(
  rows: readonly EvaluationRow[],
  trial: TrialProtocol | undefined,
  rng: Rng,
): ControlSummary | undefined {
  if (trial === undefined) return undefined;
  const curve = (split: EvaluationRow['split'], metric: string) =>
    stepCurve(
      rows.filter((row) => row.split === split && row.metric === metric && row.task === ''),
      rng.split(split).split(metric),
    );
  return {
    explorationEpisodes: trial.explorationEpisodes,
    validationCurve: curve('validation', 'return'),
    trainingCurve: curve('train', 'return'),
    adaptation: episodeCurve(rows, 'return'),
    success: episodeCurve(rows, 'success'),
  };
}
