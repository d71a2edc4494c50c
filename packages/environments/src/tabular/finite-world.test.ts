import { type ControlDistribution, createRng, type TabularControlDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { fourRooms } from '../grids/four-rooms.js';
import { gridWorld } from '../grids/grid-world.js';
import { hallwaySign } from '../hallways/hallway-sign.js';
import { augmentedModel } from './augmented-model.js';
import { backwardInduction, optimalReturn } from './backward-induction.js';
import { chain } from './chain.js';
import { corridor } from './corridor.js';
import { finiteWorld, matricesOf, worldOfModel } from './finite-world.js';
import { laneWalk } from './lane-walk.js';
import { tabularModel } from './tabular-distribution.js';
import { tabularMdps } from './tabular-mdps.js';
import { twoPassage } from './two-passage.js';

const seed = () => createRng('finite worlds');

/** Steps taken from each (s, a) to each s′, under random actions, [S * A * S]; and starts in each state, [S]. */
function simulate(distribution: TabularControlDistribution, steps: number) {
  const task = distribution.task('train', 0, seed());
  const copies = 64;
  const environment = distribution.createEnvironment([task], copies, seed());
  const size = distribution.spec.observation.shape[0] as number;
  const actions = (distribution.spec.action.maximum as number) + 1;
  const model = tabularModel(distribution, task);
  const counts = new Float64Array(model.states * actions * model.states);
  const starts = new Float64Array(model.states);
  const rng = seed().split('actions');
  let wrong = 0;
  const stateOf = (observation: Float32Array, copy: number) =>
    distribution.stateOf(task, observation.subarray(copy * size, (copy + 1) * size));
  let shown = environment.reset();
  let states = Array.from({ length: copies }, (_, copy) => stateOf(shown.observation, copy));
  for (const state of states) starts[state]! += 1;
  for (let step = 0; step < steps; step += 1) {
    const taken = Float32Array.from({ length: copies }, () => rng.integer(actions));
    shown = environment.step(taken);
    for (let copy = 0; copy < copies; copy += 1) {
      const next = stateOf(shown.observation, copy);
      const place = ((states[copy] as number) * actions + (taken[copy] as number)) * model.states + next;
      counts[place]! += 1;
      if (shown.discount[copy] !== 1 - (model.terminal[next] as number)) wrong += 1;
    }
    const ended = shown.stepType.map((type) => (type === 2 ? 1 : 0));
    const begun = environment.reset(ended);
    states = Array.from({ length: copies }, (_, copy) => stateOf(begun.observation, copy));
    for (let copy = 0; copy < copies; copy += 1) if (ended[copy] === 1) starts[states[copy] as number]! += 1;
  }
  expect(wrong).toBe(0); // Discounts are those of terminal states.
  return { model, counts, starts };
}

/**
 * χ² of counts against chances, and its degrees of freedom. Cells in which fewer than five are expected are one; what
 * cannot happen must not have.
 */
function chiSquare(counts: Float64Array, chances: Float64Array): readonly [number, number] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rare = { count: 0, expected: 0 };
  const cells: { count: number; expected: number }[] = [rare];
  for (const [index, chance] of chances.entries()) {
    const [count, expected] = [counts[index] as number, total * chance];
    if (chance === 0 && count > 0) throw new Error('an impossible step was made');
    if (expected >= 5) cells.push({ count, expected });
    else {
      rare.count += count;
      rare.expected += expected;
    }
  }
  const used = cells.filter(({ expected }) => expected >= 5);
  const statistic = used.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0);
  return [statistic, Math.max(0, used.length - (rare.expected > 0 && rare.expected < 5 ? 0 : 1))];
}

const worlds: readonly (readonly [string, ControlDistribution])[] = [
  ['tabular-mdps', tabularMdps({ states: 5, actions: 3 })],
  ['garnet', tabularMdps({ states: 8, actions: 2, transitions: 'garnet' })],
  ['chain with slips', chain({ slip: 0.3, length: 5 })],
  ['chain without control', chain({ slip: 0.4, actionIndependent: true, length: 5 })],
  ['corridor', corridor({ start: 'uniform' })],
  ['two-passage', twoPassage({ length: 3 })],
  ['lane-walk', laneWalk({ slip: 0.2 })],
  ['grid with slips', gridWorld({ size: 3, slip: 0.3, goal: 'hidden' })],
  ['four-rooms', fourRooms({ goal: 'task', start: 'uniform', observation: 'coordinates' })],
  ['hallway-sign', hallwaySign({ hallways: 3, length: 2 })],
];

describe.each(worlds)('%s', (_, distribution) => {
  it('does what its exported matrices say', () => {
    const { model, counts, starts } = simulate(distribution as TabularControlDistribution, 300);
    let [statistic, freedom] = chiSquare(starts, model.initial);
    const { states, transition } = model;
    for (let row = 0; row < transition.length / states; row += 1) {
      const [more, cells] = chiSquare(
        counts.subarray(row * states, (row + 1) * states),
        transition.subarray(row * states, (row + 1) * states),
      );
      statistic += more;
      freedom += cells;
    }
    // χ² is about normal with mean f and variance 2f; 4 standard deviations.
    expect(statistic).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom) + 4);
  });

  it('exports rows that sum to 1, and observations that lead back to their states', () => {
    const tabular = distribution as TabularControlDistribution;
    const task = tabular.task('test', 3, seed());
    const { states, transition, initial } = tabularModel(tabular, task);
    for (let row = 0; row < transition.length / states; row += 1) {
      const sum = transition.subarray(row * states, (row + 1) * states).reduce((total, p) => total + p, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
    expect(initial.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 12);
    for (let state = 0; state < states; state += 1)
      expect(tabular.stateOf(task, tabular.observationOf(task, state))).toBe(state);
  });
});

describe('values that can be computed by hand', () => {
  const world = (distribution: TabularControlDistribution, index = 0) =>
    worldOfModel(distribution.tabularModel(distribution.task('train', index, seed())));

  it('two-passage: nine tenths of the potential, and 3 at the end', () => {
    expect(optimalReturn(world(twoPassage()), 16)).toBeCloseTo(3.9, 12);
    expect(optimalReturn(world(twoPassage()), 7)).toBeCloseTo(7 / 8, 12); // Too short: the dead end is better.
    expect(optimalReturn(world(twoPassage()), 8, 0.99)).toBeCloseTo(
      (0.9 / 8) * ((1 - 0.99 ** 8) / 0.01) + 3 * 0.99 ** 7,
      10,
    );
  });

  it('lane-walk: the expert pays for slips only', () => {
    expect(optimalReturn(world(laneWalk({ slip: 0.1 })), 2)).toBeCloseTo(-0.2, 12);
    // Off the lane after a slip: steer back, which slips as rarely.
    expect(backwardInduction(world(laneWalk()), 5).actions.slice(0, 2)).toEqual(Uint16Array.of(0, 1));
  });

  it('chain: walks to the end and stays there', () => {
    expect(optimalReturn(world(chain({ length: 4, horizon: 6 })), 6)).toBe(4);
    expect(optimalReturn(world(chain({ length: 4, horizon: 2 })), 2)).toBeCloseTo(0.02, 12);
  });

  it('corridor: steps spent in the cell that pays', () => {
    const distribution = corridor();
    const values = [0, 1, 2, 3, 4, 5].map((index) => {
      const task = distribution.task('train', index, seed());
      return [task.parameters.goal, optimalReturn(worldOfModel(distribution.tabularModel(task)), 4)];
    });
    // From the first cell: at once and for ever; every other step, or by bumps only where there is a wall; after two steps.
    for (const [goal, value] of values) expect(value).toBe([4, 2, 3][goal as number]);
  });
});

describe('finiteWorld', () => {
  it('merges entries of one successor, with the mean of their rewards', () => {
    const world = finiteWorld({
      states: 2,
      actions: 1,
      initial: 0,
      transitions: () => [
        { next: 1, probability: 0.2, reward: 4 },
        { next: 0, probability: 0.5 },
        { next: 1, probability: 0.3, reward: -1 },
      ],
    });
    const { transition, reward } = matricesOf(world);
    expect([...transition.slice(0, 2)]).toEqual([0.5, 0.5]);
    expect(reward[1]).toBeCloseTo((0.2 * 4 - 0.3) / 0.5, 12);
    expect(matricesOf(worldOfModel(matricesOf(world)))).toEqual(matricesOf(world));
  });

  it('refuses chances that do not sum to 1 and successors that do not exist', () => {
    for (const transitions of [
      () => [{ next: 0, probability: 0.9 }],
      () => [{ next: 2, probability: 1 }],
      () => [{ next: 0, probability: 1, reward: Number.NaN }],
    ])
      expect(() => finiteWorld({ states: 2, actions: 1, initial: 0, transitions })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });

  it('has no model of worlds that are not tabular', () => {
    const distribution = fourRooms();
    expect(() => tabularModel(distribution, distribution.task('train', 0, seed()))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('augmentedModel', () => {
  it('has for its optimum the mean of the optima of its tasks, at every state', () => {
    const distribution = tabularMdps({ states: 4, actions: 2, horizon: 5 });
    const models = [0, 1, 2].map((index) =>
      distribution.tabularModel(distribution.task('train', index, seed())),
    );
    const joint = backwardInduction(worldOfModel(augmentedModel(models)), 5).values;
    for (const [task, model] of models.entries()) {
      const own = backwardInduction(worldOfModel(model), 5).values;
      for (let state = 0; state < 4; state += 1)
        expect(joint[task * 4 + state]).toBeCloseTo(own[state] as number, 10);
    }
    const mean = models.reduce((sum, model) => sum + optimalReturn(worldOfModel(model), 5), 0) / 3;
    expect(optimalReturn(worldOfModel(augmentedModel(models)), 5)).toBeCloseTo(mean, 10);
  });

  it('refuses models of different sizes', () => {
    const small = tabularMdps({ states: 3 });
    const large = tabularMdps({ states: 4 });
    const models = [small, large].map((one) => one.tabularModel(one.task('train', 0, seed())));
    expect(() => augmentedModel(models)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
