import { createRng, referenceAgent, runTrials } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { bernoulliBandits } from '../bandits/bernoulli-bandits.js';
import { contextualBandits } from '../bandits/contextual-bandits.js';
import { gaussianBandits } from '../bandits/gaussian-bandits.js';
import { informativeBandits } from '../bandits/informative-bandits.js';
import { revealBandit } from '../bandits/reveal-bandit.js';
import { bernoulliOptimum } from './bernoulli-bayes.js';
import { finiteGittins, gittinsIndex } from './gittins.js';

/** Largest E[Σ rewards] / E[τ] over all stopping rules of an arm, by trying them all. */
function bruteForceIndex(successes: number, failures: number, left: number): number {
  /** All (E[reward], E[pulls]) of rules that pull at least once. */
  const rules = (s: number, f: number, pulls: number): [number, number][] => {
    const p = (s + 1) / (s + f + 2);
    const then = (wins: number, losses: number): [number, number][] =>
      pulls === 1 ? [[0, 0]] : [[0, 0], ...rules(wins, losses, pulls - 1)];
    return then(s + 1, f).flatMap(([r1, n1]) =>
      then(s, f + 1).map(([r0, n0]): [number, number] => [
        p + p * r1 + (1 - p) * r0,
        1 + p * n1 + (1 - p) * n0,
      ]),
    );
  };
  return Math.max(...rules(successes, failures, left).map(([reward, pulls]) => reward / pulls));
}

/** Best expected sum of rewards over all histories, without any symmetry. */
function bruteForceValue(record: readonly number[], left: number): number {
  if (left === 0) return 0;
  let best = 0;
  for (let arm = 0; arm < record.length / 2; arm += 1) {
    const [s, f] = [record[2 * arm] as number, record[2 * arm + 1] as number];
    const p = (s + 1) / (s + f + 2);
    const after = (offset: number) =>
      record.map((count, index) => (index === 2 * arm + offset ? count + 1 : count));
    const value =
      p * (1 + bruteForceValue(after(0), left - 1)) + (1 - p) * bruteForceValue(after(1), left - 1);
    best = Math.max(best, value);
  }
  return best;
}

describe('gittinsIndex', () => {
  it('gives the tabulated values', () => {
    // Gittins, Glazebrook, Weber 2011, table 8.4 (discount 0.9) and 8.7 (0.99).
    expect(gittinsIndex(1, 1, 0.9)).toBeCloseTo(0.7029, 4);
    expect(gittinsIndex(2, 1, 0.9)).toBeCloseTo(0.8001, 4);
    expect(gittinsIndex(1, 2, 0.9)).toBeCloseTo(0.5001, 4);
    expect(gittinsIndex(2, 2, 0.9)).toBeCloseTo(0.6346, 4);
    expect(gittinsIndex(1, 1, 0.99)).toBeCloseTo(0.8699, 4);
  });
});

describe('finiteGittins', () => {
  it('agrees with all stopping rules tried out', () => {
    const table = finiteGittins(6);
    for (const [s, f, left] of [
      [0, 0, 1],
      [0, 0, 2],
      [0, 0, 3],
      [0, 0, 4],
      [1, 0, 3],
      [0, 1, 4],
      [2, 1, 3],
    ] as const)
      expect(table.index(s, f, left)).toBeCloseTo(bruteForceIndex(s, f, left), 4);
  });

  it('is the posterior mean for the last pull, and grows with the pulls left', () => {
    const table = finiteGittins(20);
    expect(table.index(3, 1, 1)).toBeCloseTo(4 / 6, 5);
    for (let left = 2; left <= 16; left += 1)
      expect(table.index(3, 1, left)).toBeGreaterThan(table.index(3, 1, left - 1));
  });
});

describe('bernoulliOptimum', () => {
  it('agrees with plain recursion', () => {
    for (const [arms, pulls] of [
      [1, 4],
      [2, 1],
      [2, 2],
      [2, 6],
      [3, 4],
    ] as const)
      expect(bernoulliOptimum(arms, pulls).value).toBeCloseTo(
        bruteForceValue(new Array<number>(2 * arms).fill(0), pulls),
        10,
      );
    // Two arms, two pulls: 1/2, then 2/3 after a success, 1/2 (the other arm) after a failure.
    expect(bernoulliOptimum(2, 2).value).toBeCloseTo(0.5 + 0.5 * (2 / 3) + 0.5 * 0.5, 12);
  });

  it('chooses what is best, and refuses what would not fit', () => {
    const { best } = bernoulliOptimum(2, 4);
    expect(best([1, 0, 0, 1])).toBe(0);
    expect(best([0, 1, 1, 0])).toBe(1);
    expect(best([0, 1, 0, 0])).toBe(1);
    expect(() => bernoulliOptimum(10, 100)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

/** Mean return of a reference on test tasks, and its standard error. */
async function level(
  distribution: ReturnType<typeof bernoulliBandits>,
  name: string,
  count: number,
): Promise<readonly [number, number]> {
  const rng = createRng('levels');
  const tasks = Array.from({ length: count }, (_, index) => distribution.task('test', index, rng));
  const make = distribution.references?.[name];
  if (make === undefined) throw new Error(`no reference ${name}`);
  const results = await runTrials({
    agent: referenceAgent(make(tasks, 1, rng.split(name))),
    distribution,
    tasks,
    trial: distribution.trial,
    rng: rng.split('trials'),
  });
  const { explorationEpisodes } = distribution.trial;
  const returns = results.map(({ episodes }) =>
    episodes.slice(explorationEpisodes).reduce((sum, episode) => sum + episode.return, 0),
  );
  const mean = returns.reduce((sum, value) => sum + value, 0) / count;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return [mean, Math.sqrt(variance / count)];
}

describe('bernoulliBandits', () => {
  const distribution = bernoulliBandits();

  it('has the levels of the RL² paper, with five arms and ten pulls', async () => {
    const count = 4000;
    const [random] = await level(distribution, 'random', count);
    const [thompson] = await level(distribution, 'thompson', count);
    const [gittins, error] = await level(distribution, 'gittins', count);
    const [greedy] = await level(distribution, 'greedy', count);
    expect(random).toBeCloseTo(5, 0);
    expect(Math.abs(thompson - 5.7)).toBeLessThan(0.15); // Table 1: 5.7
    expect(Math.abs(gittins - 6.6)).toBeLessThan(0.15); // 6.6
    expect(Math.abs(greedy - 6.6)).toBeLessThan(0.15); // 6.6
    expect(error).toBeLessThan(0.05);
  });

  it('reaches the exact Bayes-optimal value by playing, and Gittins indices come near it', async () => {
    const optimum = bernoulliOptimum(5, 10).value;
    const [bayes, error] = await level(distribution, 'bayes', 4000);
    expect(Math.abs(bayes - optimum)).toBeLessThan(4 * error);
    const [gittins, other] = await level(distribution, 'gittins', 4000);
    expect(gittins).toBeLessThan(optimum + 4 * other);
    expect(gittins).toBeGreaterThan(optimum - 0.1 - 4 * other);
    const [told] = await level(distribution, 'oracle', 4000);
    expect(told).toBeCloseTo((10 * 5) / 6, 0); // The largest of five uniform chances.
    expect(told).toBeGreaterThan(optimum);
  });

  it('refuses what makes no bandit', () => {
    expect(() => bernoulliBandits({ arms: 1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('other bandits', () => {
  it('gaussian: sampling from the posterior beats confidence bounds, and knowing beats both', async () => {
    const distribution = gaussianBandits();
    const [oracle] = await level(distribution, 'oracle', 1000);
    const [thompson] = await level(distribution, 'thompson', 1000);
    const [random, error] = await level(distribution, 'random', 1000);
    expect(oracle).toBeGreaterThan(thompson);
    expect(thompson).toBeGreaterThan(10);
    expect(Math.abs(random)).toBeLessThan(4 * error);
  });

  it('contextual: the best arm depends on what is shown', async () => {
    const distribution = contextualBandits({ pulls: 20 });
    const [oracle, error] = await level(distribution, 'oracle', 1000);
    expect(Math.abs(oracle - 20 * 0.75)).toBeLessThan(4 * error); // The largest of three uniform chances.
  });

  it('informative: asking pays at any number of pulls from three on', async () => {
    for (const tells of ['reward', 'observation'] as const) {
      const distribution = informativeBandits({ tells, targets: 4 });
      const [ask] = await level(distribution, 'ask', 40);
      const mean = tells === 'reward' ? 2.5 / 4 : 0;
      expect(ask).toBeCloseTo(mean + 4 * 5, 1);
    }
  });

  it('informative: the arm that tells by observation shows the good arm and pays nothing', () => {
    const distribution = informativeBandits({ tells: 'observation', targets: 3, pulls: 2 });
    const rng = createRng(0);
    const task = distribution.task('test', 1, rng);
    const environment = distribution.createEnvironment([task], 1, rng);
    expect([...environment.reset().observation]).toEqual([1, 0, 0, 0]);
    const { observation, reward } = environment.step(Float32Array.of(3));
    expect(reward[0]).toBe(0);
    expect([...observation]).toEqual([1, ...[0, 1, 2].map((arm) => Number(arm === task.parameters.good))]);
  });

  it('reveal: exploration action 0 shows the arm, and only execution pays', async () => {
    const distribution = revealBandit({ arms: 4 });
    const rng = createRng(1);
    const task = distribution.task('train', 0, rng);
    const good = task.parameters.good as number;
    const environment = distribution.createEnvironment([task, task], 1, rng);
    expect([...environment.reset().observation]).toEqual(new Array(10).fill(0));
    const explored = environment.step(Float32Array.of(0, 1));
    expect([...explored.observation.slice(0, 5)]).toEqual([0, 1, 2, 3, 9].map((arm) => Number(arm === good)));
    expect([...explored.observation.slice(5)]).toEqual([0, 0, 0, 0, 0]);
    expect([...explored.reward, ...explored.stepType]).toEqual([0, 0, 2, 2]);
    expect([...environment.reset().observation]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const executed = environment.step(Float32Array.of(good, (good + 1) % 4));
    expect([...executed.reward, ...executed.success]).toEqual([1, 0, 1, 0]);
    expect((await level(distribution, 'reveal', 32))[0]).toBe(1);
  });
});
