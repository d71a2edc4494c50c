import { createRng, type TabularModel } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { bayesAdaptive } from './bayes-adaptive.js';
import { bernoulliRewards, likelihoodOf, thompsonSample, updateBelief } from './bayes-filter.js';

/** One state, one arm per number: its chance of a reward of 1. */
function bandit(arms: readonly number[]): TabularModel {
  return {
    states: 1,
    actions: arms.length,
    initial: Float64Array.of(1),
    transition: new Float64Array(arms.length).fill(1),
    reward: Float64Array.from(arms),
    terminal: new Uint8Array(1),
  };
}

const models = [bandit([0.9, 0.5]), bandit([0.1, 0.5])];
const prior = Float64Array.of(0.5, 0.5);

describe('updateBelief', () => {
  it('by hand', () => {
    const win = { state: 0, action: 0, next: 0, reward: 1 };
    expect([...updateBelief(models, prior, win, bernoulliRewards)]).toEqual([0.9, 0.1]);
    const indifferent = { ...win, action: 1 };
    expect([...updateBelief(models, prior, indifferent, bernoulliRewards)]).toEqual([0.5, 0.5]);
  });
  it('converges to the process that made the data', () => {
    const rng = createRng(0);
    let belief: Float64Array = prior;
    for (let n = 0; n < 40; n += 1) {
      const reward = rng.next() < 0.1 ? 1 : 0;
      belief = updateBelief(models, belief, { state: 0, action: 0, next: 0, reward }, bernoulliRewards);
    }
    expect(belief[1]).toBeGreaterThan(0.999);
  });
  it('float32 rewards of an environment are those of the model; the impossible is refused by code', () => {
    const exact = [bandit([0.1, 0.2])];
    const seen = { state: 0, action: 0, next: 0, reward: Math.fround(0.1) };
    expect(likelihoodOf(exact[0] as TabularModel, seen)).toBe(1);
    expect(codeOf(() => updateBelief(exact, Float64Array.of(1), { ...seen, reward: 0.3 }))).toBe(
      'NOT_FINITE',
    );
  });
});

describe('thompsonSample', () => {
  it('draws models as often as they are believed, with the best policy of each', () => {
    const rng = createRng(1);
    const belief = Float64Array.of(0.7, 0.3);
    let first = 0;
    for (let n = 0; n < 2000; n += 1) {
      const { model, policy } = thompsonSample(models, belief, { horizon: 2 }, rng);
      expect([...policy]).toEqual(model === 0 ? [1, 0, 1, 0] : [0, 1, 0, 1]);
      first += model === 0 ? 1 : 0;
    }
    expect(Math.abs(first / 2000 - 0.7)).toBeLessThan(0.04);
  });
});

describe('bayesAdaptive', () => {
  const problem = (horizon: number, episodes = 1) => ({
    models,
    prior,
    horizon,
    episodes,
    law: bernoulliRewards,
  });
  it('two pulls by hand', () => {
    // Arm 0 first: 1/2, then .9·.9 + .1·.1 = .82 after a win (arm 0), 1/2 after a loss (arm 1).
    const { value, act } = bayesAdaptive(problem(2));
    expect(value).toBeCloseTo(0.5 + 0.5 * 0.82 + 0.5 * 0.5, 10);
    expect(act(prior, 0, 2).action).toBe(0);
  });
  it('episodes of one pull are pulls of one episode; more steps are worth more', () => {
    expect(bayesAdaptive(problem(1, 4)).value).toBeCloseTo(bayesAdaptive(problem(4)).value, 10);
    const values = [1, 2, 4, 8].map((horizon) => bayesAdaptive(problem(horizon)).value / horizon);
    for (let i = 1; i < values.length; i += 1) expect(values[i]).toBeGreaterThan(values[i - 1] as number);
  });
  it('lies between never learning and being told', () => {
    const { value } = bayesAdaptive(problem(6));
    expect(value).toBeGreaterThan(6 * 0.5);
    expect(value).toBeLessThan(6 * 0.5 * (0.9 + 0.5));
  });
  it('beats Thompson sampling, which is followed exactly', () => {
    // Value of drawing a model from the belief before every pull, by the same recursion.
    const thompson = (belief: Float64Array, left: number): number => {
      if (left === 0) return 0;
      let value = 0;
      for (const [chosen, mass] of belief.entries()) {
        const action = chosen === 0 ? 0 : 1;
        for (const reward of [0, 1]) {
          const seen = { state: 0, action, next: 0, reward };
          const probability = belief.reduce(
            (sum, b, m) => sum + b * likelihoodOf(models[m] as TabularModel, seen, bernoulliRewards),
            0,
          );
          if (mass * probability === 0) continue;
          const after = updateBelief(models, belief, seen, bernoulliRewards);
          value += mass * probability * (reward + thompson(after, left - 1));
        }
      }
      return value;
    };
    const { value } = bayesAdaptive(problem(6));
    expect(value).toBeGreaterThan(thompson(prior, 6) + 0.05);
  });
  it('a fresh episode begins from a fresh state, with the belief kept', () => {
    // Two states; action 0 pays in one model, action 1 in the other, once; then the episode is over.
    const lever = (paying: number): TabularModel => ({
      states: 2,
      actions: 2,
      initial: Float64Array.of(1, 0),
      transition: Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1),
      reward: Float64Array.of(0, paying === 0 ? 1 : 0, 0, paying === 1 ? 1 : 0, 0, 0, 0, 0),
      terminal: Uint8Array.of(0, 1),
    });
    const { value } = bayesAdaptive({ models: [lever(0), lever(1)], prior, horizon: 3, episodes: 3 });
    expect(value).toBeCloseTo(0.5 + 1 + 1, 10);
  });
  it('refuses models of different sizes by code', () => {
    expect(codeOf(() => bayesAdaptive({ models: [bandit([1]), bandit([1, 1])], prior, horizon: 1 }))).toBe(
      'INVALID_OPTION',
    );
  });
});
