import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { tabletop } from './tabletop.js';
import { type TabletopModifier, tabletopModifiers, tabletopSkills } from './tabletop-skills.js';

const rng = createRng(0);

describe('tabletop', () => {
  it.each(tabletopSkills)('has an expert for %s, under every circumstance', (skill) => {
    const rate = (modifier: TabletopModifier, name: string) => {
      const world = tabletop({ split: 'variation', skill, modifier });
      const [episodes] = runReference(world, name, firstTasks(world, 'test', 60, rng), 1, rng);
      return meanOf((episodes ?? []).map((one) => Number(one.success)));
    };
    const rates = tabletopModifiers.map((modifier) => [modifier, rate(modifier, 'expert')] as const);
    expect(rates.filter(([, success]) => success <= 0.9)).toEqual([]);
    expect(rate('plain', 'random')).toBeLessThan(0.35);
  });

  it('has one space of observations and actions for all 50 tasks', () => {
    const world = tabletop({ split: '50' });
    const tasks = firstTasks(world, 'train', 50, rng);
    expect(new Set(tasks.map(({ parameters }) => parameters.task)).size).toBe(50);
    const environment = world.createEnvironment(tasks, 2, rng);
    const { observation } = environment.reset();
    expect(observation.length).toBe(100 * 16);
    for (const value of observation) expect(Math.abs(value)).toBeLessThanOrEqual(2 * Math.PI);
    environment.dispose();
  });

  it('holds five tasks back, of five skills and all circumstances', () => {
    const world = tabletop({ split: '45-5' });
    const members = (split: 'train' | 'test') =>
      new Set(firstTasks(world, split, 100, rng).map(({ parameters }) => parameters.task as number));
    const [train, test] = [members('train'), members('test')];
    expect([train.size, test.size]).toEqual([45, 5]);
    expect([...test].filter((task) => train.has(task))).toEqual([]);
    expect(new Set([...test].map((task) => task % 5)).size).toBe(5);
    expect(new Set([...test].map((task) => Math.floor(task / 5))).size).toBe(5);
  });

  it('places things anew in each episode, or as the task says', () => {
    const starts = (placement: 'episode' | 'task') => {
      const world = tabletop({ placement });
      const environment = world.createEnvironment([world.task('train', 1, rng)], 1, rng);
      return [0, 1].map(() => [...environment.reset().observation].join());
    };
    expect(new Set(starts('episode')).size).toBe(2);
    expect(new Set(starts('task')).size).toBe(1);
  });

  it('stops the hand at the wall unless it is lifted', () => {
    const world = tabletop({ split: 'variation', skill: 'push', modifier: 'wall' });
    const environment = world.createEnvironment(firstTasks(world, 'train', 1, rng), 2, rng);
    environment.reset();
    let observation = new Float32Array(0);
    for (let step = 0; step < 12; step += 1)
      observation = environment.step(Float32Array.of(0, 1, step < 2 ? -1 : 0, -1, 0, 1, 0, -1)).observation;
    expect(observation[1]).toBeLessThan(0.3);
    expect(observation[17]).toBeGreaterThan(0.6);
    environment.dispose();
  });

  it.each(['reach', 'pick-place', 'press', 'open', 'turn', 'stack'] as const)(
    'has one reward law: %s',
    (skill) => {
      expectOffLineRewards(tabletop({ split: 'variation', skill }), 20);
    },
  );
});
