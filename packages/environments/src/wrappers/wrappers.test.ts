import { environmentChecks } from '@tasklearn/conformance';
import { type ControlDistribution, createRng, eagerExecutor } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { bernoulliBandits } from '../bandits/bernoulli-bandits.js';
import { bitFlip } from '../goals/bit-flip.js';
import { gridWorld } from '../grids/grid-world.js';
import { hockey } from '../grids/hockey.js';
import { hallwaySign } from '../hallways/hallway-sign.js';
import { corridor } from '../tabular/corridor.js';
import { chainEpisodes } from './chain-episodes.js';
import { maskObservation } from './mask-observation.js';
import { perturbActions } from './perturb-actions.js';
import { stackFrames } from './stack-frames.js';
import { withDescriptor } from './with-descriptor.js';
import { withNuisance } from './with-nuisance.js';
import { withoutReward } from './without-reward.js';

const seed = () => createRng('wrappers');
const open = (distribution: ControlDistribution, copies = 1, index = 0) =>
  distribution.createEnvironment([distribution.task('train', index, seed())], copies, seed());

const shared = { 'splits share no task': 'there are too few tasks to hold some back' };

describe.each([
  ['withDescriptor', withDescriptor(hockey()), shared],
  ['withDescriptor of parameters', withDescriptor(gridWorld(), ['goal']), {}],
  ['maskObservation', maskObservation(corridor({ start: 'uniform' }), [3]), shared],
  ['stackFrames', stackFrames(corridor(), 3), shared],
  ['withNuisance', withNuisance(bitFlip({ bits: 4 }), { size: 2, hold: 'step' }), {}],
  ['withoutReward', withoutReward(gridWorld({ goal: 'task' })), {}],
  ['perturbActions', perturbActions(gridWorld(), 0.3), {}],
] as const)('%s', (_, distribution, expectedFailures) => {
  for (const check of environmentChecks(distribution, { expectedFailures, executors: [eagerExecutor()] }))
    it(check.name, check.run);
});

describe('withDescriptor', () => {
  it('appends the number of the task, and laws and references read on', () => {
    const distribution = withDescriptor(corridor());
    expect(distribution.spec.observation.shape).toEqual([7]);
    const task = distribution.task('train', 0, seed());
    const { observation } = open(distribution).reset();
    expect([...observation.subarray(4)]).toEqual([0, 1, 2].map((member) => Number(member === task.identity)));
    const next = Float32Array.of(0, 0, 0, 0, ...observation.subarray(4));
    next[task.parameters.goal as number] = 1;
    const before = Float32Array.of(0, 0, 0, 0, ...observation.subarray(4));
    before[(task.parameters.goal as number) === 0 ? 1 : (task.parameters.goal as number) - 1] = 1;
    const action = Float32Array.of((task.parameters.goal as number) === 0 ? 0 : 1);
    expect([...(distribution.reward?.(task, { observation: before, action, next }) ?? [])]).toEqual([1]);
  });

  it('moves no goal, and keeps an oracle an oracle', () => {
    const distribution = withDescriptor(gridWorld({ goal: 'task', observation: 'coordinates' }));
    expect(distribution.spec.goal).toEqual({ size: 2, achieved: 0, desired: 2 });
    const tasks = [0, 1, 2].map((index) => distribution.task('train', index, seed()));
    const environment = distribution.createEnvironment(tasks, 1, seed());
    const policy = distribution.references?.oracle?.(tasks, 1, seed());
    let shown = environment.reset();
    const active = new Uint8Array(3).fill(1);
    for (let step = 0; step < 12; step += 1) {
      shown = environment.step(policy?.act(shown) as Float32Array, active);
      for (let copy = 0; copy < 3; copy += 1) if (shown.stepType[copy] === 2) active[copy] = 0;
    }
    expect([...shown.success]).toEqual([1, 1, 1]);
  });

  it('refuses tasks that have no number', () => {
    const unsupported = expect.objectContaining({ code: 'UNSUPPORTED_TASK' });
    expect(() => withDescriptor(bernoulliBandits())).toThrow(unsupported);
    const distribution = withDescriptor(hallwaySign());
    const task = distribution.task('test', 0, seed());
    expect(() => distribution.createEnvironment([task], 1, seed())).toThrow(unsupported);
  });
});

describe('maskObservation', () => {
  it('shows what is kept, in order, and drops what reads the rest', () => {
    const distribution = maskObservation(corridor(), [3, 0]);
    const environment = open(distribution);
    expect([...environment.reset().observation]).toEqual([0, 1]);
    expect([...environment.step(Float32Array.of(0)).observation]).toEqual([1, 1]);
    expect([...environment.step(Float32Array.of(1)).observation]).toEqual([0, 0]);
    expect(distribution.reward).toBeUndefined();
    expect(Object.keys(distribution.references ?? {})).toEqual(['random']);
    for (const bad of [[], [4], [-1]])
      expect(() => maskObservation(corridor(), bad)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});

describe('stackFrames', () => {
  it('shows the last observations, the latest last', () => {
    const environment = open(stackFrames(maskObservation(corridor(), [0, 1, 2]), 2));
    expect([...environment.reset().observation]).toEqual([1, 0, 0, 1, 0, 0]);
    expect([...environment.step(Float32Array.of(1)).observation]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...environment.step(Float32Array.of(1)).observation]).toEqual([0, 1, 0, 0, 0, 1]);
    expect([...environment.reset().observation]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

describe('withNuisance', () => {
  it('holds its numbers as long as it is told', () => {
    const kept = (hold: 'task' | 'episode' | 'step') => {
      const environment = open(withNuisance(corridor(), { size: 1, hold }));
      const first = environment.reset().observation[4] as number;
      const second = environment.step(Float32Array.of(1)).observation[4] as number;
      const third = environment.reset().observation[4] as number;
      for (const value of [first, second, third]) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      return [second === first, third === second];
    };
    expect(kept('task')).toEqual([true, true]);
    expect(kept('episode')).toEqual([true, false]);
    expect(kept('step')).toEqual([false, false]);
  });
});

describe('withoutReward', () => {
  it('pays nothing and calls nothing a success, and ends as before', () => {
    const plain = gridWorld({ size: 3 });
    const tasks = [plain.task('train', 0, seed())];
    const [paying, silent] = [plain, withoutReward(plain)].map((one) =>
      one.createEnvironment(tasks, 1, seed()),
    );
    paying?.reset();
    silent?.reset();
    const policy = plain.references?.oracle?.(tasks, 1, seed());
    let shown = paying?.reset();
    let last = shown?.stepType[0];
    while (last !== 2) {
      const actions = policy?.act(shown as NonNullable<typeof shown>) as Float32Array;
      shown = paying?.step(actions);
      const other = silent?.step(actions);
      expect([other?.reward[0], other?.success[0]]).toEqual([0, 0]);
      expect([other?.stepType[0], other?.discount[0]]).toEqual([shown?.stepType[0], shown?.discount[0]]);
      last = shown?.stepType[0];
    }
    expect(shown?.reward[0]).toBe(1);
  });
});

describe('chainEpisodes', () => {
  it('begins where the last episode was cut off', () => {
    const environment = open(chainEpisodes(gridWorld({ size: 7, goal: 'none', horizon: 2 })));
    const cell = (observation: Float32Array) => observation.indexOf(1);
    expect(cell(environment.reset().observation)).toBe(24);
    environment.step(Float32Array.of(1));
    expect(environment.step(Float32Array.of(1)).stepType[0]).toBe(2);
    const again = environment.reset();
    expect([cell(again.observation), again.stepType[0]]).toEqual([26, 0]);
    expect(cell(environment.step(Float32Array.of(0)).observation)).toBe(19);
  });

  it('refuses worlds that cannot go on', () => {
    expect(() => open(chainEpisodes(withoutReward(gridWorld())))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('perturbActions', () => {
  it('replaces that share of actions by random ones', () => {
    const moved = (strength: number) => {
      const environment = open(perturbActions(gridWorld({ goal: 'none', size: 3 }), strength), 1000);
      environment.reset();
      const { observation } = environment.step(new Float32Array(1000)); // Up, to cell 1.
      let up = 0;
      for (let copy = 0; copy < 1000; copy += 1) up += observation[copy * 9 + 1] as number;
      return up / 1000;
    };
    expect(moved(0)).toBe(1);
    expect(Math.abs(moved(0.4) - (0.6 + 0.4 / 4))).toBeLessThan(0.06);
    expect(Math.abs(moved(1) - 1 / 4)).toBeLessThan(0.06);
    expect(() => perturbActions(gridWorld(), -1)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
