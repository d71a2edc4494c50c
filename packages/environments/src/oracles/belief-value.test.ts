import { createRng, type TabularModel } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { hallwaySign } from '../hallways/hallway-sign.js';
import { optimalReturn } from '../tabular/backward-induction.js';
import { corridor } from '../tabular/corridor.js';
import { finiteWorld, matricesOf, worldOfModel } from '../tabular/finite-world.js';
import { bayesAdaptiveOptimum, thompsonValue, updateBelief } from './belief-value.js';

const seed = () => createRng('beliefs');

/** The three tasks of the corridor, in order. */
function corridorModels(): TabularModel[] {
  const distribution = corridor();
  return [0, 1, 2].map((goal) => distribution.tabularModel({ id: `${goal}`, parameters: { goal } }));
}

/** A random process with few successors and rewards out of {0, 1}. */
function randomModel(index: number): TabularModel {
  const rng = seed().split(index);
  const rows = Array.from({ length: 6 }, () => {
    const p = 0.2 + 0.6 * rng.next();
    const [first, second] = rng.permutation(3);
    return [
      { next: first as number, probability: p, reward: rng.integer(2) },
      { next: second as number, probability: 1 - p, reward: rng.integer(2) },
    ];
  });
  return matricesOf(
    finiteWorld({
      states: 3,
      actions: 2,
      initial: 0,
      transitions: (state, action) => rows[state * 2 + action] ?? [],
    }),
  );
}

describe('updateBelief', () => {
  it('learns from a reward of 0: at the first cell, left, nothing: it is one of the other two', () => {
    const bumped = 3; // First cell, after a bump.
    expect(
      updateBelief(corridorModels(), [1 / 3, 1 / 3, 1 / 3], { state: 0, action: 0, reward: 0, next: bumped }),
    ).toEqual([0, 0.5, 0.5]);
    expect(
      updateBelief(corridorModels(), [1 / 3, 1 / 3, 1 / 3], { state: 0, action: 0, reward: 1, next: bumped }),
    ).toEqual([1, 0, 0]);
  });

  it('weighs by the chance of what happened, whatever the order', () => {
    const models = [0, 1, 2, 3].map(randomModel);
    const first = models[0] as TabularModel;
    const steps = [
      [0, 0],
      [1, 1],
      [2, 0],
    ].map(([state, action]) => {
      const row = ((state as number) * 2 + (action as number)) * 3;
      const next = [0, 1, 2].find((one) => (first.transition[row + one] as number) > 0) as number;
      return {
        state: state as number,
        action: action as number,
        reward: first.reward[row + next] as number,
        next,
      };
    });
    const filter = (order: typeof steps) =>
      order.reduce((belief, step) => updateBelief(models, belief, step), [0.25, 0.25, 0.25, 0.25]);
    const direct = models.map((model) =>
      steps.reduce((chance, { state, action, reward, next }) => {
        const place = (state * 2 + action) * 3 + next;
        return model.reward[place] === reward ? chance * (model.transition[place] as number) : 0;
      }, 1),
    );
    const total = direct.reduce((sum, weight) => sum + weight, 0);
    for (const belief of [filter(steps), filter([...steps].reverse())])
      for (const [index, weight] of belief.entries())
        expect(weight).toBeCloseTo((direct[index] as number) / total, 12);
  });

  it('refuses what no model can have done', () => {
    expect(() =>
      updateBelief(corridorModels(), [1, 0, 0], { state: 0, action: 0, reward: 0, next: 3 }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('bayesAdaptiveOptimum', () => {
  it('of one model is its optimum, and so is sampling from its posterior', () => {
    const [model] = corridorModels() as [TabularModel];
    const problem = { models: [model], horizon: 3, episodes: 2 };
    expect(bayesAdaptiveOptimum(problem).value).toBeCloseTo(2 * optimalReturn(worldOfModel(model), 3), 12);
    expect(thompsonValue(problem)).toBeCloseTo(2 * optimalReturn(worldOfModel(model), 3), 12);
  });

  it('in the corridor, by hand', () => {
    const value = (horizon: number) =>
      bayesAdaptiveOptimum({ models: corridorModels(), horizon, episodes: 1 }).value;
    expect(value(1)).toBeCloseTo(1 / 3, 12); // Left: the first cell pays with chance 1/3.
    // Left first: goal 0 pays 1 + 1; otherwise one step right pays with chance 1/2 each: 2/3 + 2/3 · 1/2 = 1.
    expect(value(2)).toBeCloseTo(1, 12);
  });

  it('is never below sampling from the posterior, and above it where information must be fetched', () => {
    for (let set = 0; set < 5; set += 1) {
      const models = [3 * set, 3 * set + 1, 3 * set + 2].map(randomModel);
      const problem = { models, horizon: 3, episodes: 2 };
      expect(bayesAdaptiveOptimum(problem).value).toBeGreaterThanOrEqual(thompsonValue(problem) - 1e-10);
    }
    const distribution = hallwaySign({ hallways: 3, length: 2, paintingBits: 0 });
    const models = [0, 1, 2].map((goal) =>
      distribution.tabularModel({ id: `${goal}`, parameters: { goal, bits: 0 } }),
    );
    // Without what the sign shows, hallways are all there is: both find the reward in the first episode with chance 1/3.
    const problem = { models, horizon: 2, episodes: 1 };
    expect(bayesAdaptiveOptimum(problem).value).toBeCloseTo(1 / 3, 12);
    expect(thompsonValue(problem)).toBeCloseTo(1 / 3, 12);
    // Six steps are enough for two hallways: 2/3; sampling sticks to one.
    expect(bayesAdaptiveOptimum({ ...problem, horizon: 6 }).value).toBeCloseTo(2 / 3, 12);
    expect(thompsonValue({ ...problem, horizon: 6 })).toBeCloseTo(1 / 3, 12);
  });

  it('does not count what exploration earns, but uses what it shows', () => {
    const problem = { models: corridorModels(), horizon: 2, episodes: 2, explorationEpisodes: 1 };
    // Two steps of exploration find the goal; then the best of two steps: 2 (stay at 0), 1 (cell 1), 1 (cell 2).
    expect(bayesAdaptiveOptimum(problem).value).toBeCloseTo((2 + 1 + 1) / 3, 12);
  });

  it('says what to do', () => {
    const optimum = bayesAdaptiveOptimum({ models: corridorModels(), horizon: 2, episodes: 1 });
    expect(optimum.best(0, 1, 3, [0, 0.5, 0.5])).toBe(1);
    expect(optimum.best(0, 0, 0, [1, 0, 0])).toBe(0);
  });

  it('refuses models of different sizes', () => {
    const other = finiteWorld({
      states: 1,
      actions: 1,
      initial: 0,
      transitions: () => [{ next: 0, probability: 1 }],
    });
    expect(() =>
      bayesAdaptiveOptimum({ models: [...corridorModels(), matricesOf(other)], horizon: 1, episodes: 1 }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
