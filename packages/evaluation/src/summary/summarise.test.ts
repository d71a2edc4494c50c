import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { summarise } from './summarise.js';

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
  metric: 'accuracy',
  unit: 'fraction',
  value: 0,
  ...members,
});

/** Accuracies around a level, with an episode effect that both learners share. */
function episodes(
  learner: string,
  level: number,
  seeds: readonly number[],
  metric = 'accuracy',
): EvaluationRow[] {
  return seeds.flatMap((seed) => {
    const shared = createRng(`episodes ${seed}`);
    const own = createRng(`${learner} ${seed}`);
    return Array.from({ length: 200 }, (_, i) =>
      row({
        learner,
        seed,
        task: `episode ${i}`,
        metric,
        value: level + 0.2 * shared.gaussian() + 0.01 * own.gaussian(),
      }),
    );
  });
}

const plan = parsePlan({
  learners: ['a', 'b', 'c'],
  distribution: 'toy',
  expected: [
    { better: 'a', worse: 'b' },
    { better: 'b', worse: 'a' },
    { better: 'a', worse: 'b', margin: 0.5 },
    { better: 'a', worse: 'c' },
  ],
});

describe('summarise', () => {
  it('pairs learners by episode, so a small difference shows through a large spread', () => {
    const summary = summarise(plan, [...episodes('a', 0.8, [0]), ...episodes('b', 0.78, [0])]);
    expect(summary.metric).toBe('accuracy');
    expect(summary.best).toBe('a');
    const [a, b, c] = summary.learners;
    expect(a!.difference).toBeUndefined();
    expect(a!.mean!.upper - a!.mean!.lower).toBeGreaterThan(0.04);
    expect(b!.difference!.interval.estimate).toBeCloseTo(-0.02, 2);
    expect(b!.difference!.interval.upper - b!.difference!.interval.lower).toBeLessThan(0.01);
    expect(b!.difference!.pValue).toBeLessThan(0.01);
    expect(c!.mean).toBeUndefined();
    expect(summary.verdicts.map(({ verdict }) => verdict)).toEqual([
      'confirmed',
      'refuted',
      'refuted',
      'inconclusive',
    ]);
  });

  it('has difference exactly zero for identical arms', () => {
    const rows = episodes('a', 0.8, [0]);
    const summary = summarise(plan, [...rows, ...rows.map((each) => ({ ...each, learner: 'b' }))]);
    expect(summary.learners[1]!.difference).toMatchObject({ pValue: 1, adjustedPValue: 1 });
    expect(summary.learners[1]!.difference!.interval.estimate).toBe(0);
  });

  it('counts seeds, not episodes, where there are several', () => {
    const summary = summarise(plan, [...episodes('a', 0.8, [0, 1, 2]), ...episodes('b', 0.5, [0, 1, 2])]);
    const [a, b] = summary.learners;
    expect(a!.mean).toMatchObject({ method: 't', count: 3 });
    expect(a!.interquartileMean).toMatchObject({ method: 'percentileBootstrap', count: 3 });
    expect(a!.episodes).toBe(600);
    expect(b!.difference!.interval.method).toBe('t');
    expect(b!.difference!.pValue).toBe(0.25); // 2 of the 2³ sign patterns
    expect(b!.probabilityOfBestBetter).toBe(1);
    expect(summarise(plan, episodes('a', 0.8, [0, 1, 2]))).toEqual(
      summarise(plan, episodes('a', 0.8, [0, 1, 2])),
    );
  });

  it('prefers the lower mean squared error', () => {
    const error = 'meanSquaredError';
    const summary = summarise(plan, [...episodes('a', 2, [0], error), ...episodes('b', 1, [0], error)]);
    expect(summary.metric).toBe(error);
    expect(summary.best).toBe('b');
    expect(summary.verdicts[1]!.verdict).toBe('confirmed');
  });

  it('collects curves, costs, calibration and failures', () => {
    const curve = [0, 1].flatMap((seed) => [
      row({ split: 'validation', seed, update: 20, value: 0.6 + seed / 10 }),
      row({ split: 'validation', seed, update: 10, value: 0.4 }),
      row({ split: 'train', seed, update: 10, metric: 'loss', value: 1 }),
      row({ seed, metric: 'parameters', value: 100 }),
      row({ seed, metric: 'reliability.count', task: 'bin 0', value: 1 + 2 * seed }),
      row({ seed, metric: 'reliability.confidence', task: 'bin 0', value: 0.5 }),
      row({ seed, metric: 'reliability.accuracy', task: 'bin 0', value: seed }),
    ]);
    const failed = row({
      learner: 'b',
      split: 'train',
      metric: 'failed',
      value: null,
      update: 7,
      cause: 'NOT_FINITE',
    });
    const { learners } = summarise(plan, [...curve, failed, ...episodes('a', 0.9, [0])]);
    expect(learners[0]!.validationCurve).toEqual([
      { update: 10, value: 0.4, lower: 0.4, upper: 0.4 },
      { update: 20, value: expect.closeTo(0.65), lower: 0.6, upper: 0.7 },
    ]);
    expect(learners[0]!.trainingCurves).toEqual({ loss: [{ update: 10, value: 1, lower: 1, upper: 1 }] });
    expect(learners[0]!.cost).toEqual({ parameters: 100 });
    expect(learners[0]!.calibration).toMatchObject({ expected: 0.25 }); // |3/4 − 1/2|
    expect(learners[1]!.failures).toEqual([{ seed: 0, update: 7, cause: 'NOT_FINITE' }]);
  });
});
