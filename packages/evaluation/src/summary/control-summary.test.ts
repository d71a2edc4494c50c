import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { controlSummary, stepCurve } from './control-summary.js';
import { summarise } from './summarise.js';

const rng = createRng(0);
const row = (members: Partial<EvaluationRow>): EvaluationRow => ({
  learner: 'a',
  learnerId: '@acme/a/a',
  version: '1.0.0',
  options: '',
  distribution: 'toy',
  distributionOptions: '',
  split: 'test',
  seed: 0,
  update: 10,
  task: '',
  metric: 'return',
  unit: '',
  value: 0,
  ...members,
});
const curve = (seed: number, points: readonly (readonly [steps: number, value: number | null])[]) =>
  points.map(([environmentSteps, value]) => row({ split: 'validation', seed, environmentSteps, value }));

describe('stepCurve', () => {
  it('is the values themselves for one seed, in ascending order', () => {
    expect(
      stepCurve(
        curve(0, [
          [20, 2],
          [10, 1],
          [30, null],
        ]),
        rng,
      ),
    ).toEqual([
      { environmentSteps: 10, value: 1, lower: 1, upper: 1 },
      { environmentSteps: 20, value: 2, lower: 2, upper: 2 },
    ]);
  });

  it('is the interquartile mean over seeds with an interval', () => {
    const rows = [0, 1, 2, 100].flatMap((value, seed) =>
      curve(seed, [
        [10, value],
        [20, value],
      ]),
    );
    const [first, second] = stepCurve(rows, rng);
    expect(first).toMatchObject({ environmentSteps: 10, value: 1.5 }); // The middle half of 0, 1, 2, 100.
    expect(first!.lower).toBeLessThan(1.5);
    expect(first!.upper).toBeGreaterThan(1.5);
    expect(second!.value).toBe(1.5);
  });

  it('reads seeds off at the same steps where they were measured at others', () => {
    const rows = [
      ...curve(0, [
        [0, 0],
        [10, 10],
        [20, 20],
      ]),
      ...curve(1, [
        [5, 5],
        [25, 25],
      ]),
    ];
    const points = stepCurve(rows, rng);
    expect(points.map(({ environmentSteps }) => environmentSteps)).toEqual([5, 12.5, 20]);
    for (const { environmentSteps, value } of points) expect(value).toBeCloseTo(environmentSteps, 10);
  });

  it('leaves out what is no curve', () => {
    expect(stepCurve(curve(0, [[10, 1]]), rng)).toEqual([]);
    expect(stepCurve([], rng)).toEqual([]);
    expect(
      stepCurve(
        [
          ...curve(0, [
            [0, 1],
            [1, 1],
          ]),
          ...curve(1, [
            [5, 1],
            [6, 1],
          ]),
        ],
        rng,
      ),
    ).toEqual([]);
  });
});

/** Two tasks, three episodes each, of which the first explores. */
const trials = (learner: string, bonus: number, seed = 0) =>
  [0, 1].flatMap((task) =>
    [0, 1, 2].flatMap((episode) => [
      row({ learner, seed, task: `task ${task}`, episode, value: 10 * episode + task + bonus }),
      row({ learner, seed, task: `task ${task}`, episode, metric: 'success', value: episode === 2 ? 1 : 0 }),
    ]),
  );

describe('summaries of control', () => {
  const trial = { explorationEpisodes: 1, executionEpisodes: 2 };
  const plan = { ...parsePlan({ learners: ['a', 'b'], distribution: 'toy' }), trial, references: ['oracle'] };

  it('rank by the return of execution episodes, learners only, paired by task', () => {
    const rows = [...trials('a', 0), ...trials('b', 1), ...trials('oracle', 5)];
    const summary = summarise(plan, rows);
    expect(summary.metric).toBe('return');
    expect(summary.best).toBe('b');
    const [a, b, oracle] = summary.learners;
    // Execution episodes: (10 + 20) / 2 and that + 1.
    expect(a!.mean!.estimate).toBe(15.5);
    expect(a!.otherMetrics.success!.estimate).toBe(0.5);
    expect(a!.difference!.interval.estimate).toBe(-1);
    expect(oracle!.reference).toBe(true);
    expect(oracle!.difference!.interval.estimate).toBe(4);
    expect(b!.difference).toBeUndefined();
    expect(a!.episodes).toBe(2);
  });

  it('have a curve over the episodes of a trial', () => {
    const { adaptation, success, explorationEpisodes } = controlSummary(trials('a', 0), trial, rng)!;
    expect(explorationEpisodes).toBe(1);
    expect(adaptation.map(({ episode, value }) => [episode, value])).toEqual([
      [0, 0.5],
      [1, 10.5],
      [2, 20.5],
    ]);
    expect(success.map(({ value }) => value)).toEqual([0, 0, 1]);
    expect(controlSummary(trials('a', 0), undefined, rng)).toBeUndefined();
  });

  it('judge expectations about execution episodes', () => {
    const expected = [{ better: 'b', worse: 'a', margin: 0.5 }];
    const { verdicts } = summarise({ ...plan, expected }, [...trials('a', 0), ...trials('b', 1)]);
    expect(verdicts[0]!.verdict).toBe('confirmed');
  });
});
