import { createRng, type TabularModel } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { optimalReturn } from '../tabular/backward-induction.js';
import { worldOfModel } from '../tabular/finite-world.js';
import { tabularMdps } from '../tabular/tabular-mdps.js';
import { gammaSample } from './posterior-sampling.js';

const seed = () => createRng('posterior sampling');

/** Mean return of each episode of a reference, over tasks. */
function returnsOf(name: string, tasks: number, episodes: number, options = {}): number[] {
  const distribution = tabularMdps(options);
  const list = Array.from({ length: tasks }, (_, index) => distribution.task('test', index, seed()));
  const environment = distribution.createEnvironment(list, 1, seed());
  const policy = distribution.references?.[name]?.(list, 1, seed().split(name));
  const active = new Uint8Array(tasks).fill(1);
  return Array.from({ length: episodes }, (_, episode) => {
    policy?.beginEpisode?.(episode);
    let shown = environment.reset();
    let total = 0;
    for (let time = 0; time < distribution.spec.horizon; time += 1) {
      const actions = policy?.act(shown) as Float32Array;
      shown = environment.step(actions);
      policy?.observe?.(actions, shown, active);
      total += shown.reward.reduce((sum, reward) => sum + reward, 0);
    }
    return total / tasks;
  });
}

describe('gammaSample', () => {
  it('has mean and variance equal to its shape', () => {
    for (const shape of [1, 2.5, 20]) {
      const rng = seed().split(Math.round(10 * shape));
      const draws = Array.from({ length: 20_000 }, () => gammaSample(rng, shape));
      const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
      const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
      expect(Math.abs(mean / shape - 1)).toBeLessThan(0.04);
      expect(Math.abs(variance / shape - 1)).toBeLessThan(0.12);
    }
  });
});

describe('posterior sampling', () => {
  it('begins above random and goes on towards the optimum, never beyond it', () => {
    const psrl = returnsOf('psrl', 100, 40);
    const oracle = returnsOf('oracle', 100, 3).reduce((sum, value) => sum + value, 0) / 3;
    const [random] = returnsOf('random', 100, 1) as [number];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(random).toBeCloseTo(10, -1);
    expect(mean(psrl.slice(5, 10))).toBeGreaterThan(mean(psrl.slice(0, 2)));
    expect(mean(psrl.slice(30))).toBeGreaterThan(mean(psrl.slice(5, 10)));
    expect(mean(psrl.slice(30))).toBeLessThan(oracle + 0.5);
    expect(mean(psrl.slice(30))).toBeGreaterThan(0.75 * oracle);
  });

  it('forgets between trials', () => {
    const distribution = tabularMdps({ states: 3, actions: 2, horizon: 4 });
    const task = distribution.task('test', 0, seed());
    const policy = distribution.references?.psrl?.([task], 1, seed());
    const environment = distribution.createEnvironment([task], 1, seed());
    const play = (episode: number) => {
      policy?.beginEpisode?.(episode);
      let shown = environment.reset();
      for (let time = 0; time < 4; time += 1) {
        const actions = policy?.act(shown) as Float32Array;
        shown = environment.step(actions);
        policy?.observe?.(actions, shown, Uint8Array.of(1));
      }
      return shown.reward[0] as number;
    };
    for (let trial = 0; trial < 2; trial += 1)
      for (let episode = 0; episode < 3; episode += 1) expect(Number.isFinite(play(episode))).toBe(true);
  });

  it('the oracle earns what backward induction says', () => {
    const distribution = tabularMdps({ states: 4, actions: 2, horizon: 5, rewardNoise: 0 });
    const tasks = Array.from({ length: 200 }, (_, index) => distribution.task('test', index, seed()));
    const models: TabularModel[] = tasks.map((task) => distribution.tabularModel(task));
    const expected =
      models.reduce((sum, model) => sum + optimalReturn(worldOfModel(model), 5), 0) / models.length;
    const [played] = returnsOf('oracle', 200, 1, { states: 4, actions: 2, horizon: 5, rewardNoise: 0 }) as [
      number,
    ];
    expect(Math.abs(played - expected)).toBeLessThan(0.6);
  });
});
