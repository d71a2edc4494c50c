import { createRng, type Trajectory } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { bernoulliBandits } from '../bandits/bernoulli-bandits.js';
import { fourRooms } from '../grids/four-rooms.js';
import { hallwaySign } from '../hallways/hallway-sign.js';

/** Elements of a picture by name; throws where tags do not match. */
function elementsOf(svg: string): Map<string, number> {
  const open: string[] = [];
  const counts = new Map<string, number>();
  for (const [, closing, name, , alone] of svg.matchAll(
    /<(\/?)([a-z]+)((?:\s+[\w-]+(?::\w+)?="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else {
      counts.set(name as string, (counts.get(name as string) ?? 0) + 1);
      if (alone !== '/') open.push(name as string);
    }
  }
  expect(open).toEqual([]);
  return counts;
}

const trajectory = (
  observations: readonly number[],
  actions: readonly number[],
  rewards: readonly number[],
): Trajectory => ({
  observations: Float32Array.from(observations),
  actions: Float32Array.from(actions),
  rewards: Float32Array.from(rewards),
  length: actions.length,
  success: false,
  terminated: false,
});

describe('pictures', () => {
  it('of pulls: a bar for each arm and a disc for each pull', () => {
    const distribution = bernoulliBandits({ arms: 3, pulls: 4 });
    const task = distribution.task('test', 0, createRng(0));
    const one = trajectory([1, 1, 1], [0, 2], [1, 0]);
    const elements = elementsOf(distribution.draw?.(task, [one, one]) ?? '');
    expect(elements.get('circle')).toBe(2 * 2);
    expect(elements.get('rect')).toBe(2 * 3 * 2);
    expect(elements.get('text')).toBe(2 * 3);
  });

  it('of a grid: a cell for each place, a line for each path, and frames of one size', () => {
    const distribution = fourRooms({ goal: 'task', observation: 'coordinates' });
    const task = distribution.task('test', 0, createRng(0));
    const elements = elementsOf(
      distribution.draw?.(task, [trajectory([-1, -1, 0, 0, -0.8, -1, 0, 0], [1], [0])]) ?? '',
    );
    expect(elements.get('rect')).toBe(1 + 121 + 1);
    expect(elements.get('path')).toBe(1);
    const [first, second] = [-1, 1].map(
      (x) => distribution.drawFrame?.(task, Float32Array.of(x, -1, 0, 0)) ?? '',
    );
    expect(first).not.toBe(second);
    expect(/viewBox="[^"]*"/.exec(first as string)?.[0]).toBe(/viewBox="[^"]*"/.exec(second as string)?.[0]);
  });

  it('of hallways: an arm each, the sign and the paintings by name, a line for each episode', () => {
    const distribution = hallwaySign({ hallways: 3, length: 2 });
    const task = { id: 'x', parameters: { goal: 1, bits: 0 } };
    const size = distribution.spec.observation.shape[0] as number;
    const seen = distribution.observationOf(task, 1);
    const still = trajectory([...seen, ...seen], [3], [0]);
    expect(seen.length).toBe(size);
    const svg = distribution.draw?.(task, [still, still]) ?? '';
    expect(elementsOf(svg).get('path')).toBe(5 + 2);
    expect([...svg.matchAll(/>(\w)<\/text>/g)].map(([, name]) => name)).toEqual(['0', '1', '2', 'S', 'P']);
  });
});
