import { type ControlTask, createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { type HallwayOptions, hallwayDefaults } from './hallway-options.js';
import { hallwaySign } from './hallway-sign.js';
import { hallwaySteps, hallwaySuccess } from './hallway-strategies.js';

const seed = () => createRng('hallways');

/** Every task once; `bits` of the paintings do not matter. */
const everyGoal = (hallways: number): ControlTask[] =>
  Array.from({ length: hallways }, (_, goal) => ({ id: `goal ${goal}`, parameters: { goal, bits: 0 } }));

/** Mean over goals of an outcome of a strategy in each episode of a trial: [episodes][return, steps]. */
function play(options: Partial<HallwayOptions>, strategy: string, repeats = 1) {
  const distribution = hallwaySign(options);
  const tasks = everyGoal({ ...hallwayDefaults, ...options }.hallways);
  const environment = distribution.createEnvironment(tasks, repeats, seed());
  const policy = distribution.references?.[strategy]?.(tasks, repeats, seed().split(strategy));
  if (policy === undefined) throw new Error(`no reference ${strategy}`);
  const { copies } = environment;
  const { explorationEpisodes, executionEpisodes } = distribution.trial;
  return Array.from({ length: explorationEpisodes + executionEpisodes }, (_, episode) => {
    policy.beginEpisode?.(episode);
    let shown = environment.reset();
    const active = new Uint8Array(copies).fill(1);
    let [reward, steps] = [0, 0];
    while (active.includes(1)) {
      const actions = policy.act(shown);
      shown = environment.step(actions, active);
      policy.observe?.(actions, shown, active);
      for (let copy = 0; copy < copies; copy += 1) {
        if (active[copy] === 0) continue;
        reward += shown.reward[copy] as number;
        steps += 1;
        if (shown.stepType[copy] === 2) active[copy] = 0;
      }
    }
    return { return: reward / copies, steps: steps / copies };
  });
}

describe('expected steps, exactly', () => {
  const long = { explorationEpisodes: 0, executionEpisodes: 1, horizon: 1000 } as const;

  it.each([
    { hallways: 6, length: 5, signDistance: 2 },
    { hallways: 2, length: 3, signDistance: 4 },
    { hallways: 5, length: 1, signDistance: 1 },
    { hallways: 4, length: 7, signDistance: 20 },
  ])('of %o', (sizes) => {
    const { read, exhaustive, crossover } = hallwaySteps(sizes);
    expect(play({ ...sizes, ...long }, 'read')).toEqual([{ return: 1, steps: read }]);
    expect(play({ ...sizes, ...long }, 'exhaustive')).toEqual([{ return: 1, steps: exhaustive }]);
    expect(play({ ...sizes, ...long }, 'oracle')).toEqual([{ return: 1, steps: sizes.length }]);
    expect(read < exhaustive).toBe(sizes.signDistance < crossover);
  });

  it('cost the same at the crossover', () => {
    const { read, exhaustive } = hallwaySteps({ hallways: 5, length: 3, signDistance: 6 });
    expect(read).toBe(exhaustive);
  });
});

describe('chances of success', () => {
  // Eight steps, so that the sign cannot be read in the execution episode.
  const options = { ...hallwayDefaults, horizon: 8 };
  const last = (strategy: string, more: object = {}, repeats = 1) =>
    play({ ...options, ...more }, strategy, repeats).at(-1)?.return as number;

  it('are those of the closed forms', () => {
    expect(hallwaySuccess(options)).toEqual({ read: 1, exhaustive: 2 / 6, thompson: 2 / 6, guess: 1 / 6 });
    expect(last('read')).toBe(1);
    expect(last('exhaustive')).toBeCloseTo(2 / 6, 12);
    expect(last('thompson', {}, 2000)).toBeCloseTo(2 / 6, 1);
    expect(last('oracle')).toBe(1);
    expect(last('random', {}, 100)).toBeLessThan(0.1);
  });

  it('of trying all rise with the steps for it: v = ⌊(X + L) / 2L⌋', () => {
    for (const [explorationSteps, visited] of [
      [4, 0],
      [5, 1],
      [14, 1],
      [15, 2],
      [25, 3],
    ] as const) {
      const more = { ...options, explorationSteps };
      expect(hallwaySuccess(more).exhaustive).toBeCloseTo((visited + 1) / 6, 12);
      expect(last('exhaustive', { explorationSteps })).toBeCloseTo((visited + 1) / 6, 12);
    }
  });

  it('of who samples from the posterior: each episode rules out one hallway, (K + 1) / 2 episodes on average', () => {
    const episodes = play(
      { hallways: 5, sign: 'none', explorationEpisodes: 0, executionEpisodes: 5, horizon: 5 },
      'thompson',
      4000,
    );
    // Chance of the first success in episode k is 1 / K: success by episode k is k / K.
    for (const [index, { return: success }] of episodes.entries())
      expect(Math.abs(success - (index + 1) / 5)).toBeLessThan(0.02);
  });
});

describe('hallwaySign', () => {
  it('shows sign and paintings only before them, and the phase', () => {
    const distribution = hallwaySign({ hallways: 2, length: 2, paintingBits: 2 });
    const task: ControlTask = { id: 'x', parameters: { goal: 1, bits: 2 } };
    const environment = distribution.createEnvironment([task], 1, seed());
    // Arms: two hallways, sign, paintings; depth; code of two; bits of two; phase.
    expect([...environment.reset().observation]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const after = (...actions: number[]) => {
      let shown = environment.reset();
      for (const action of actions) shown = environment.step(Float32Array.of(action));
      return [...shown.observation];
    };
    expect(after(2)).toEqual([0, 0, 1, 0, 0.5, 0, 0, 0, 0, 1]); // Second episode: execution.
    expect(after(2, 2)).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 0, 0]); // The sign: hallway 1. Third: exploration again.
    expect(after(3, 3)).toEqual([0, 0, 0, 1, 1, 0, 0, -1, 1, 1]); // Paintings: bits 0, 1.
    expect(after(3, 3, 4, 4, 4)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // Back, and no further.
    expect(after(0, 1, 0, 0)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 1]); // Another arm's action does nothing here.
  });

  it('cuts exploration at X steps and execution at its horizon, without terminating', () => {
    for (const explorationSteps of [5, 12]) {
      const distribution = hallwaySign({ explorationSteps });
      const environment = distribution.createEnvironment(everyGoal(1), 1, seed());
      for (const limit of [explorationSteps, 10, explorationSteps]) {
        environment.reset();
        for (let step = 1; step <= limit; step += 1) {
          const { stepType, discount } = environment.step(Float32Array.of(8));
          expect([stepType[0], discount[0]]).toEqual([step === limit ? 2 : 1, 1]);
        }
      }
    }
  });

  it('meets in training every goal, and in test only pairs of goal and paintings that are new', () => {
    const distribution = hallwaySign();
    const seen = (split: 'train' | 'test', count: number) =>
      Array.from({ length: count }, (_, index) => distribution.task(split, index, seed()).parameters);
    const train = seen('train', 600);
    expect(new Set(train.map(({ goal }) => goal)).size).toBe(6);
    const pairs = new Set(train.map(({ goal, bits }) => `${goal} ${bits}`));
    expect(pairs.size).toBe(distribution.trainingTasks);
    expect(distribution.trainingTasks).toBe(96 - 2 * 19);
    for (const { goal, bits } of seen('test', 19)) expect(pairs.has(`${goal} ${bits}`)).toBe(false);
  });

  it('permutes the codes of an unreadable sign, each task in its own way, and draws digits', () => {
    const codes = (sign: HallwayOptions['sign']) =>
      Array.from({ length: 32 }, (_, number) => {
        const distribution = hallwaySign({ sign });
        const task = { id: 'x', parameters: { goal: 2, bits: number % 16 } };
        const end = 6 * 5 + 2; // Six hallways of five places, then the sign's two.
        return [...distribution.observationOf(task, end).slice(9, 9 + (sign === 'image' ? 15 : 6))];
      });
    expect(codes('oneHot').every((code) => code.indexOf(1) === 2)).toBe(true);
    expect(new Set(codes('permuted').map((code) => code.indexOf(1))).size).toBeGreaterThan(3);
    expect(codes('image')[0]?.join('')).toBe('111001111100111');
  });

  it('refuses sizes that are none', () => {
    for (const bad of [{ hallways: 1 }, { length: 0 }, { sign: 'image', hallways: 11 }, { paintingBits: -1 }])
      expect(() => hallwaySign(bad as object)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
