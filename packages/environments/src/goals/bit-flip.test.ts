import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { bitFlip } from './bit-flip.js';

const seed = () => createRng('bits');

describe('bitFlip', () => {
  it('flips one bit, pays 0 at the goal and -1 elsewhere, and goes on', () => {
    const distribution = bitFlip({ bits: 4 });
    const environment = distribution.createEnvironment([distribution.task('train', 0, seed())], 64, seed());
    const { observation } = environment.reset();
    const policy = distribution.references?.oracle?.([distribution.task('train', 0, seed())], 64, seed());
    let before = observation.slice();
    let shown = { ...environment.reset() };
    before = shown.observation.slice();
    for (let step = 0; step < 4; step += 1) {
      const actions = policy?.act(shown) as Float32Array;
      shown = environment.step(actions);
      for (let copy = 0; copy < 64; copy += 1) {
        const at = copy * 8;
        const changed = [0, 1, 2, 3, 4, 5, 6, 7].filter(
          (bit) => shown.observation[at + bit] !== before[at + bit],
        );
        expect(changed).toEqual([actions[copy]]);
        const reached = [0, 1, 2, 3].every(
          (bit) => shown.observation[at + bit] === shown.observation[at + bit + 4],
        );
        expect(shown.reward[copy]).toBe(reached ? 0 : -1);
        expect(shown.success[copy]).toBe(Number(reached));
      }
      before = shown.observation.slice();
    }
    expect([...shown.stepType]).toEqual(new Array(64).fill(2));
    expect([...shown.discount]).toEqual(new Array(64).fill(1));
  });

  it('ends at the goal where it is told to', () => {
    const distribution = bitFlip({ bits: 6, endsAtGoal: true });
    const task = distribution.task('train', 0, seed());
    const environment = distribution.createEnvironment([task], 32, seed());
    const policy = distribution.references?.oracle?.([task], 32, seed());
    let shown = environment.reset();
    const active = new Uint8Array(32).fill(1);
    for (let step = 0; step < 6 && active.includes(1); step += 1) {
      shown = environment.step(policy?.act(shown) as Float32Array, active);
      for (let copy = 0; copy < 32; copy += 1) if (shown.stepType[copy] === 2) active[copy] = 0;
    }
    // Who starts at the goal has to leave it; with two steps that is made up for.
    expect(shown.success.reduce((sum, flag) => sum + flag, 0)).toBe(32);
    expect(shown.discount.reduce((sum, discount) => sum + discount, 0)).toBe(0);
  });

  it('draws bits and goals anew for each episode, all equally often', () => {
    const distribution = bitFlip({ bits: 2 });
    const environment = distribution.createEnvironment([distribution.task('test', 0, seed())], 1, seed());
    const counts = new Map<string, number>();
    for (let episode = 0; episode < 3200; episode += 1) {
      const key = environment.reset().observation.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(16);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });
});
