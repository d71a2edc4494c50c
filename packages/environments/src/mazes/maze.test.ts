import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gridDistances, gridMap } from '../grids/grid-map.js';
import { generateMaze } from './generate-maze.js';
import { maze } from './maze.js';
import { castRay, viewRows } from './maze-view.js';

const seed = () => createRng('mazes');

/** Passages between neighbouring cells. */
function passages(map: ReturnType<typeof gridMap>): number {
  let count = 0;
  for (let row = 0; row < map.height; row += 1)
    for (let column = 0; column < map.width; column += 1) {
      if ((map.cellAt[row * map.width + column] as number) < 0) continue;
      if (column + 1 < map.width && (map.cellAt[row * map.width + column + 1] as number) >= 0) count += 1;
      if (row + 1 < map.height && (map.cellAt[(row + 1) * map.width + column] as number) >= 0) count += 1;
    }
  return count;
}

describe('generateMaze', () => {
  it('joins all rooms, without a loop unless walls are opened', () => {
    for (const size of [5, 7, 13])
      for (const loops of [0, 3]) {
        const map = generateMaze(size, loops, seed().split(size));
        const cells = map.columns.length;
        expect(gridDistances(map, [0]).includes(-1)).toBe(false);
        expect(passages(map) - (cells - 1)).toBe(loops);
        expect(cells).toBe(((size + 1) / 2) ** 2 * 2 - 1 + loops); // Rooms, the doors of a tree, and more doors.
      }
  });
});

describe('views', () => {
  const map = gridMap(['....', '###.', '....']);

  it('casts rays to the first wall or goal', () => {
    const distance = (angle: number, goal = -1) => castRay(map, 1, angle, goal);
    expect(distance(0).distance).toBeCloseTo(2.5, 10);
    expect(distance(Math.PI).distance).toBeCloseTo(1.5, 10);
    expect(distance(Math.PI / 2).distance).toBeCloseTo(0.5, 10);
    expect(distance(0, 3)).toEqual({ distance: 1.5, hitsGoal: true });
    expect(distance(Math.PI / 4).distance).toBeCloseTo(Math.SQRT1_2, 10); // The corner of a wall.
  });

  it('shows the cells about the agent, turned with it', () => {
    const rows = viewRows(map, 4, 'local');
    const view = (cell: number, heading: number) => [
      ...rows.subarray((4 * cell + heading) * 18, (4 * cell + heading + 1) * 18),
    ];
    // Cell 3 is the corner at the top right, the goal (4) below it. Facing right: ahead is the edge, the goal to the right.
    expect(view(3, 1)).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    // Facing down: the goal is ahead.
    expect(view(3, 2)).toEqual([1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('shows the goal in the middle ray when it is ahead', () => {
    const rows = viewRows(map, 3, 'rays');
    const middle = (4 * 1 + 1) * 30 + 14;
    expect(rows[middle]).toBeCloseTo(1 / 2.5, 6);
    expect(rows[middle + 1]).toBe(1);
    expect(rows[(4 * 1 + 3) * 30 + 15]).toBe(0);
  });
});

describe('maze', () => {
  const distribution = maze();

  it('pays 1 at the goal, costs 0.01 per step and 0.001 more at walls; the oracle goes the shortest way', () => {
    const tasks = Array.from({ length: 30 }, (_, index) => distribution.task('test', index, seed()));
    const environment = distribution.createEnvironment(tasks, 1, seed());
    const policy = distribution.references?.oracle?.(tasks, 1, seed());
    for (let episode = 0; episode < 2; episode += 1) {
      policy?.beginEpisode?.(episode);
      let shown = environment.reset();
      const active = new Uint8Array(30).fill(1);
      while (active.includes(1)) {
        const actions = policy?.act(shown) as Float32Array;
        const moved = active.slice();
        shown = environment.step(actions, active);
        policy?.observe?.(actions, shown, moved);
        for (let copy = 0; copy < 30; copy += 1) {
          if (moved[copy] === 0) continue;
          const last = shown.stepType[copy] === 2;
          expect(shown.reward[copy]).toBeCloseTo(last ? 0.99 : -0.01, 6);
          if (last) active[copy] = 0;
        }
      }
      expect(shown.success.every((flag) => flag === 1)).toBe(true);
      expect(shown.discount.every((factor) => factor === 0)).toBe(true);
    }
  });

  it('costs more to run into a wall', () => {
    const task = distribution.task('train', 0, seed());
    const environment = distribution.createEnvironment([task], 1, seed());
    environment.reset();
    const rewards = new Set<string>();
    const rng = seed();
    for (let step = 0; step < 200; step += 1) {
      const { reward, stepType } = environment.step(Float32Array.of(rng.integer(3)));
      rewards.add((reward[0] as number).toFixed(3));
      if (stepType[0] === 2) environment.reset();
    }
    expect(rewards.has('-0.010') && rewards.has('-0.011')).toBe(true);
  });

  it('draws training mazes from its thousand, and test mazes of their own size from elsewhere', () => {
    const large = maze({ testSize: 13 });
    const train = Array.from({ length: 200 }, (_, index) => large.task('train', index, seed()));
    expect(
      train.every(({ parameters }) => parameters.size === 7 && (parameters.seed as number) % 3 === 0),
    ).toBe(true);
    expect(new Set(train.map(({ identity }) => identity)).size).toBeGreaterThan(150);
    const test = large.task('test', 0, seed());
    expect(test.parameters.size).toBe(13);
    expect((test.parameters.seed as number) % 3).toBe(2);
    expect(test.identity).toBeUndefined();
  });

  it('draws paths by the actions taken', () => {
    const task = distribution.task('train', 1, seed());
    const svg = distribution.draw?.(task, [
      {
        observations: new Float32Array(90),
        actions: Float32Array.of(0, 1),
        rewards: new Float32Array(2),
        length: 2,
        success: false,
        terminated: false,
      },
    ]);
    expect(svg).toContain('<path');
  });

  it('refuses even sizes', () => {
    expect(() => maze({ size: 8 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
