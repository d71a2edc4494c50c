import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from './area-under-curve.js';
import { expectedCalibrationError, maximumCalibrationError } from './calibration-error.js';
import { clusterBootstrap } from './cluster-bootstrap.js';
import { holm } from './holm.js';
import { interquartileMean } from './interquartile-mean.js';
import { meanInterval } from './mean-interval.js';
import { mean, sampleVariance } from './moments.js';
import { normalCumulative, normalQuantile } from './normal-distribution.js';
import { pairedDifference } from './paired-difference.js';
import { performanceProfile } from './performance-profile.js';
import { probabilityOfImprovement } from './probability-of-improvement.js';
import { brierScore, negativeLogLikelihood } from './probability-scores.js';
import { medianSummary, quantile } from './quantile.js';
import { reliabilityBins } from './reliability-bins.js';
import { requiredSampleSize } from './required-sample-size.js';
import { signFlipTest } from './sign-flip-test.js';
import { signTest } from './sign-test.js';
import { stratifiedBootstrap } from './stratified-bootstrap.js';
import { studentCumulative, studentQuantile } from './student-t.js';
import { verdictOf } from './verdict.js';

const rng = () => createRng('statistics tests');

describe('distributions', () => {
  it('has the tabulated normal values', () => {
    expect(normalCumulative(0)).toBe(0.5);
    expect(normalCumulative(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCumulative(-8) / 6.220960574271784e-16).toBeCloseTo(1, 10);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 11);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('has the tabulated t values', () => {
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706204736432095, 8);
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.7764451051977987, 9);
    expect(studentQuantile(0.025, 30)).toBeCloseTo(-2.042272456301238, 9);
    expect(studentCumulative(0, 7)).toBeCloseTo(0.5, 12);
    expect(studentQuantile(0.975, 2e6)).toBeCloseTo(1.96, 3);
    expect(studentQuantile(0.975, 0)).toBeNaN();
  });
});

describe('location and spread', () => {
  it('computes mean, variance and quantiles', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(sampleVariance([1, 2, 6])).toBe(7);
    expect(sampleVariance([4])).toBe(0);
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
    expect(quantile([], 0.5)).toBeNaN();
    expect(medianSummary([1, 2, 3, 4, 100])).toEqual({
      median: 3,
      lowerQuartile: 2,
      upperQuartile: 4,
      range: 2,
    });
  });

  it('gives mean ± 1.96 s/√n, and wider by t', () => {
    const normal = meanInterval([1, 2, 3, 4, 5]); // s = 1.5811, s/√n = 0.70711
    expect(normal.estimate).toBe(3);
    expect(normal.upper).toBeCloseTo(3 + 1.959963985 * Math.SQRT1_2, 8);
    const t = meanInterval([1, 2, 3, 4, 5], { method: 't' });
    expect(t.lower).toBeCloseTo(3 - 2.776445105 * Math.SQRT1_2, 8);
    expect(t.method).toBe('t');
    expect(meanInterval([1], { method: 't' }).lower).toBeNaN();
  });

  it('drops a quarter at each end for the interquartile mean', () => {
    expect(interquartileMean([8, 1, 2, 3, 4, 5, 6, 1000])).toBe(4.5);
    expect(interquartileMean([1, 2, 6])).toBe(3);
    expect(interquartileMean([0, 1, 2, 3, 9])).toBe(2);
  });
});

describe('comparison', () => {
  it('is exactly zero for identical arms', () => {
    const values = [0.2, 0.8, 0.6];
    const same = pairedDifference(values, values, { rng: rng() });
    expect(same.interval.estimate).toBe(0);
    expect(same.pValue).toBe(1);
    expect(() => pairedDifference([1], [1, 2], { rng: rng() })).toThrowError(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });

  it('enumerates sign flips exactly for few pairs', () => {
    expect(signFlipTest([1, 2, 3], { rng: rng() })).toBe(2 / 8); // only +++ and ---
    expect(signFlipTest([1, 2, -3], { rng: rng() })).toBe(1); // observed mean 0
    expect(signFlipTest([], { rng: rng() })).toBe(1);
  });

  it('finds a planted difference by random flips, and is seeded', () => {
    const draw = createRng(3);
    const shifted = Array.from({ length: 100 }, () => draw.gaussian() + 0.5);
    const first = signFlipTest(shifted, { rng: rng() });
    expect(first).toBeLessThan(0.01);
    expect(signFlipTest(shifted, { rng: rng() })).toBe(first);
  });

  it('splits wins and losses', () => {
    expect(signTest([1, 1, 1, 1, 1, 0])).toBeCloseTo(2 / 32, 12);
    expect(signTest([1, -1])).toBe(1);
  });

  it("adjusts by Holm's steps", () => {
    const adjusted = holm([0.01, 0.04, 0.03]);
    expect(adjusted[0]).toBeCloseTo(0.03, 12);
    expect(adjusted[1]).toBeCloseTo(0.06, 12);
    expect(adjusted[2]).toBeCloseTo(0.06, 12);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });

  it('estimates the pairs needed', () => {
    expect(requiredSampleSize(0.5, 1)).toBe(32); // (2.8016 / 0.5)² = 31.4
    expect(requiredSampleSize(0, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('judges orderings', () => {
    const interval = (lower: number, upper: number) => ({
      estimate: (lower + upper) / 2,
      lower,
      upper,
      confidence: 0.95,
      method: 'normal' as const,
      count: 10,
    });
    expect(verdictOf(interval(0.1, 0.2))).toBe('confirmed');
    expect(verdictOf(interval(0.1, 0.2), 0.15)).toBe('inconclusive');
    expect(verdictOf(interval(-0.3, -0.1))).toBe('refuted');
    expect(verdictOf(interval(Number.NaN, Number.NaN))).toBe('inconclusive');
  });
});

describe('runs on tasks', () => {
  const better = [
    [1, 5],
    [3, 7],
  ];
  const worse = [
    [2, 1],
    [1, 1],
  ];

  it('counts pairwise wins per task', () => {
    // task 0: {1,3} against {2,1}: 1>2 no, 1=1 half, 3>2, 3>1 = 2.5/4; task 1: 1
    expect(probabilityOfImprovement(better, worse)).toBe((2.5 / 4 + 1) / 2);
    expect(probabilityOfImprovement(better, better)).toBe(0.5);
  });

  it('draws the profile', () => {
    expect(performanceProfile([1, 2, 3, 4], [0, 2, 4])).toEqual([1, 0.5, 0]);
  });

  it('resamples seeds within tasks only', () => {
    const constantPerTask = [
      [1, 5],
      [1, 5],
      [1, 5],
    ];
    const interval = stratifiedBootstrap(constantPerTask, mean, { rng: rng(), resamples: 50 });
    expect([interval.estimate, interval.lower, interval.upper]).toEqual([3, 3, 3]);
  });
});

describe('calibration', () => {
  it('fills bins and weighs their gaps', () => {
    const bins = reliabilityBins([0.05, 0.95, 0.95, 1], [0, 1, 0, 1], 10);
    expect(bins[0]).toMatchObject({ count: 1, confidence: 0.05, accuracy: 0 });
    expect(bins[9]!.count).toBe(3);
    expect(bins[9]!.accuracy).toBeCloseTo(2 / 3, 12);
    // 1/4 · 0.05 + 3/4 · |2/3 − 2.9/3|
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.0125 + 0.225, 12);
    expect(maximumCalibrationError(bins)).toBeCloseTo(0.3, 12);
  });

  it('goes to zero for a calibrated simulator, and not for an over-confident one', () => {
    const draw = createRng('calibrated');
    const confidences = Array.from({ length: 40_000 }, () => 0.2 + 0.8 * draw.next());
    const calibrated = confidences.map((p) => (draw.next() < p ? 1 : 0));
    const overConfident = confidences.map((p) => (draw.next() < p * 0.7 ? 1 : 0));
    expect(expectedCalibrationError(reliabilityBins(confidences, calibrated))).toBeLessThan(0.012);
    expect(expectedCalibrationError(reliabilityBins(confidences, overConfident))).toBeGreaterThan(0.15);
  });

  it('scores probabilities', () => {
    const probabilities = [0.5, 0.5, 0.9, 0.1];
    expect(brierScore(probabilities, [0, 1], 2)).toBeCloseTo((0.5 + 1.62) / 2, 12);
    expect(negativeLogLikelihood(probabilities, [0, 1], 2)).toBeCloseTo((Math.LN2 + Math.log(10)) / 2, 12);
  });
});

describe('coverage of 95 % intervals', () => {
  const covers = (simulations: number, interval: (seed: number) => { lower: number; upper: number }) => {
    let hits = 0;
    for (let seed = 0; seed < simulations; seed++) {
      const { lower, upper } = interval(seed);
      if (lower <= 0 && 0 <= upper) hits++;
    }
    return hits / simulations;
  };
  const sample = (seed: number, seeds: number, episodes: number, seedSpread: number) => {
    const draw = createRng(`coverage ${seed}`);
    return Array.from({ length: seeds }, () => {
      const shift = seedSpread * draw.gaussian();
      return Array.from({ length: episodes }, () => shift + draw.gaussian());
    });
  };
  const between = (value: number) => {
    expect(value).toBeGreaterThanOrEqual(0.93);
    expect(value).toBeLessThanOrEqual(0.97);
  };

  it('normal over many episodes', () => {
    between(covers(1000, (seed) => meanInterval(sample(seed, 1, 200, 0)[0]!)));
  });

  it('t over five seeds with seed effects, where episodes alone fail', () => {
    between(covers(1000, (seed) => meanInterval(sample(seed, 5, 20, 1).map(mean), { method: 't' })));
    expect(covers(300, (seed) => meanInterval(sample(seed, 5, 20, 1).flat()))).toBeLessThan(0.8);
  });

  it('cluster bootstrap over thirty seeds with seed effects', () => {
    const interval = (seed: number) =>
      clusterBootstrap(sample(seed, 30, 6, 1), { rng: createRng(seed), resamples: 250 });
    between(covers(300, interval));
  });

  it('stratified bootstrap of the interquartile mean over fifty seeds and tasks', () => {
    const interval = (seed: number) =>
      stratifiedBootstrap(sample(seed, 50, 4, 0), interquartileMean, {
        rng: createRng(seed),
        resamples: 300,
      });
    between(covers(300, interval));
  });
});

describe('verdicts on planted orderings', () => {
  const judge = (difference: number, pairs: number, seed: number) => {
    const draw = createRng(`verdict ${seed}`);
    const values = Array.from({ length: pairs }, () => difference + draw.gaussian());
    return verdictOf(meanInterval(values));
  };
  const share = (expected: string, difference: number, pairs: number) => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    return seeds.filter((seed) => judge(difference, pairs, seed) === expected).length / seeds.length;
  };

  it('are right in at least 95 % of simulations', () => {
    expect(share('confirmed', 0.5, 100)).toBeGreaterThanOrEqual(0.95);
    expect(share('refuted', -0.5, 100)).toBeGreaterThanOrEqual(0.95);
    expect(share('inconclusive', 0.01, 100)).toBeGreaterThanOrEqual(0.93);
  });
});

describe('areaUnderCurve', () => {
  it('is the share of pairs in order, ties counting one half', () => {
    expect(areaUnderCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(areaUnderCurve([1, 1, 1], [0, 1, 1])).toBe(0.5);
    expect(areaUnderCurve([3, 2, 2, 1], [1, 1, 0, 0])).toBe(0.875);
    expect(areaUnderCurve([1, 2], [1, 1])).toBeNaN();
  });
});
