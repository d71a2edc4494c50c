import { type ControlDistribution, createRng, type TabularControlDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { optimalReturn } from '../tabular/backward-induction.js';
import { worldOfModel } from '../tabular/finite-world.js';
import { fourRooms } from './four-rooms.js';
import { goalGrid } from './goal-grid.js';
import { cellOf, gridDistances, gridMap, gridMoves } from './grid-map.js';
import { gridWorld } from './grid-world.js';
import { hockey, hockeyTasks } from './hockey.js';
import { starGrid } from './star-grid.js';
import { twoPassageMaze } from './two-passage-maze.js';

const seed = () => createRng('grids');
const only = (distribution: ControlDistribution, index = 0) => distribution.task('train', index, seed());

/** Observations, rewards and discounts of one copy under actions. */
function walk(distribution: ControlDistribution, actions: readonly number[], task = only(distribution)) {
  const environment = distribution.createEnvironment([task], 1, seed());
  const shown = [{ observation: [...environment.reset().observation], reward: 0, discount: 1 }];
  for (const action of actions) {
    const { observation, reward, discount } = environment.step(Float32Array.of(action));
    shown.push({
      observation: [...observation],
      reward: reward[0] as number,
      discount: discount[0] as number,
    });
  }
  return shown;
}

describe('gridMap', () => {
  const map = gridMap(['..#', '.#.', '...']);

  it('numbers free cells row by row, and steps between them', () => {
    expect([...map.cellAt]).toEqual([0, 1, -1, 2, -1, 3, 4, 5, 6]);
    expect(cellOf(map, 1, 0)).toBe(1);
    expect(cellOf(map, 2, 0)).toBe(-1);
    expect(cellOf(map, -1, 0)).toBe(-1);
    const moves = gridMoves(map, 5);
    expect([...moves.slice(0, 5)]).toEqual([0, 1, 2, 0, 0]); // Up: the edge; right; down; left: the edge; stay.
    expect([...moves.slice(15, 20)]).toEqual([3, 3, 6, 3, 3]); // Below a wall, right of a wall.
  });

  it('measures the way round walls', () => {
    expect([...gridDistances(map, [1])]).toEqual([1, 0, 2, 6, 3, 4, 5]);
    expect([...gridDistances(gridMap(['.#.']), [0])]).toEqual([0, -1]);
  });

  it('refuses what is no map', () => {
    for (const lines of [[], ['..', '.'], ['##']])
      expect(() => gridMap(lines)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('gridWorld', () => {
  it('shows column and row from -1 to 1, and the goal where it is shown', () => {
    const distribution = gridWorld({ size: 3, goal: 'task', observation: 'coordinates' });
    const task = { id: 'x', parameters: { goal: 5 } };
    const shown = walk(distribution, [0, 1, 2], task);
    expect(shown.map(({ observation }) => observation)).toEqual([
      [0, 0, 1, 0],
      [0, -1, 1, 0],
      [1, -1, 1, 0],
      [1, 0, 1, 0],
    ]);
    expect(shown.at(-1)).toMatchObject({ reward: 1, discount: 0 });
    expect(distribution.spec.goal).toEqual({ size: 2, achieved: 0, desired: 2 });
  });

  it('hides the goal, and pays by the kinds of reward', () => {
    const task = { id: 'x', parameters: { goal: 3 } };
    const rewards = (reward: 'sparse' | 'penalty' | 'distance') =>
      walk(gridWorld({ size: 3, reward, endsAtGoal: false }), [0, 3, 2], task).map((shown) => shown.reward);
    expect(rewards('sparse')).toEqual([0, 0, 0, 1]);
    expect(rewards('penalty')).toEqual([0, -1, -1, 0]);
    const distances = rewards('distance');
    for (const [index, distance] of [0, Math.SQRT2, 1, 0].entries())
      expect(distances[index]).toBeCloseTo(-distance / 3, 6);
  });

  it('draws start and goal of an episode anywhere, but not in one cell', () => {
    const distribution = gridWorld({ size: 2, goal: 'episode', start: 'uniform' });
    const environment = distribution.createEnvironment([only(distribution)], 600, seed());
    const counts = new Float64Array(16);
    const { observation } = environment.reset();
    for (let copy = 0; copy < 600; copy += 1) {
      const row = observation.subarray(copy * 8, (copy + 1) * 8);
      expect(row.reduce((sum, value) => sum + value, 0)).toBe(2);
      counts[4 * row.subarray(0, 4).indexOf(1) + row.subarray(4).indexOf(1)]! += 1;
    }
    for (const [index, count] of counts.entries())
      if (Math.floor(index / 4) === index % 4) expect(count).toBe(0);
      else expect(Math.abs(count - 50)).toBeLessThan(30);
  });

  it('puts walls where everything else can still be reached', () => {
    const distribution = gridWorld({ size: 6, walls: 0.4, goal: 'none' }) as TabularControlDistribution;
    const { states, actions, transition } = distribution.tabularModel(only(distribution));
    expect(states).toBe(36 - 14);
    const reached = new Set([0]);
    for (const state of reached)
      for (let next = 0; next < states; next += 1)
        for (let action = 0; action < actions; action += 1)
          if ((transition[(state * actions + action) * states + next] as number) > 0) reached.add(next);
    expect(reached.size).toBe(states);
  });

  it('shares no goal between splits, and meets all of them', () => {
    const distribution = gridWorld({ size: 3 });
    const goals = (['train', 'validation', 'test'] as const).map(
      (split) =>
        new Set(
          Array.from({ length: 60 }, (_, index) => distribution.task(split, index, seed()).parameters.goal),
        ),
    );
    expect(goals.map(({ size }) => size)).toEqual([6, 1, 1]);
    expect(new Set(goals.flatMap((set) => [...set])).size).toBe(8); // All cells but the start.
  });
});

describe('named grids', () => {
  it('fourRooms: doors join the rooms', () => {
    const distribution = fourRooms({ goal: 'task', start: 'fixed', slip: 0 }) as TabularControlDistribution;
    const { states } = distribution.tabularModel(only(distribution));
    expect(states).toBe(121 - 21 + 4);
    // From the corner (0, 0) to the corner (10, 10) through (5, 2) or (2, 5): no detour.
    const task = { id: 'x', parameters: { goal: states - 1 } };
    const model = worldOfModel(distribution.tabularModel(task));
    expect(optimalReturn(model, 20)).toBe(1);
    expect(optimalReturn(model, 19)).toBe(0);
  });

  it('starGrid: thirteen cells, three ends four steps away', () => {
    const distribution = starGrid() as TabularControlDistribution;
    const model = distribution.tabularModel(only(distribution));
    expect([model.states, model.actions]).toEqual([13, 5]);
    expect(model.initial.indexOf(1)).toBe(8);
    const ends = [
      [0, 0, 0, 0],
      [1, 1, 1, 1],
      [3, 3, 3, 3],
    ].map((actions) => walk(distribution, actions).at(-1)?.observation.indexOf(1));
    expect(ends).toEqual([0, 12, 4]);
  });

  it('twoPassageMaze: nearness leads into the dead end, the way round is 14 steps', () => {
    const distribution = twoPassageMaze() as TabularControlDistribution;
    const near = walk(distribution, [0, 0, 1, 1, 1, 1, 1, 1, 1]);
    const rewards = near.map(({ reward }) => reward);
    for (let step = 3; step < 8; step += 1)
      expect(rewards[step]).toBeGreaterThan(rewards[step - 1] as number);
    expect(rewards[9]).toBe(rewards[8]); // The end of the passage.
    const round = walk(distribution, [2, 2, ...new Array<number>(8).fill(1), 0, 0, 0, 0]);
    expect(round.at(-1)).toMatchObject({ reward: -0, discount: 0 });
    expect(round.at(-2)).toMatchObject({ discount: 1 });
  });
});

describe('goalGrid', () => {
  it('reaches the proposed cell up to its error, uniformly, and stays inside', () => {
    const distribution = goalGrid({ size: 5, error: 1 });
    const task = { id: 'x', parameters: { goal: 12 } };
    const environment = distribution.createEnvironment([task], 900, seed());
    environment.reset();
    const { observation, reward } = environment.step(new Float32Array(900).fill(12));
    const counts = new Float64Array(25);
    for (let copy = 0; copy < 900; copy += 1) {
      const [x, y] = [observation[2 * copy] as number, observation[2 * copy + 1] as number];
      const cell = Math.round(y * 2 + 2) * 5 + Math.round(x * 2 + 2);
      counts[cell]! += 1;
      expect(reward[copy]).toBe(Number(cell === 12));
    }
    for (const [cell, count] of counts.entries()) {
      const near = Math.abs((cell % 5) - 2) <= 1 && Math.abs(Math.floor(cell / 5) - 2) <= 1;
      if (near) expect(Math.abs(count - 100)).toBeLessThan(40);
      else expect(count).toBe(0);
    }
    environment.reset();
    const corner = environment.step(new Float32Array(900)).observation;
    expect(Math.min(...corner)).toBe(-1);
    expect(Math.max(...corner)).toBe(-0.5);
  });
});

describe('hockey', () => {
  const distribution = hockey();
  const forTask = (name: (typeof hockeyTasks)[number]) => ({
    id: name,
    parameters: { task: hockeyTasks.indexOf(name) },
  });

  it('carries the puck, and shoots it into the goal', () => {
    // Four steps to the right take the puck; one more; a hit to the right flies four cells, but the goal stops it.
    const shown = walk(distribution, [1, 1, 1, 1, 1, 5], forTask('shoot'));
    expect(shown.at(-2)?.observation.slice(4)).toEqual([1, 0, 0]);
    expect(shown.at(-1)).toMatchObject({ reward: 1, discount: 0 });
    expect(shown.at(-1)?.observation.slice(2, 4)).toEqual([1, 0]);
    expect(shown.slice(0, -1).every(({ reward }) => reward === 0)).toBe(true);
  });

  it('a hit without the puck does nothing; a zone wants the puck left there', () => {
    expect(walk(distribution, [5], forTask('pass')).at(-1)?.observation).toEqual([-1, 0, 0, 0, 0, 0, 0]);
    const carry = [1, 1, 1, 1, 0, 0, 0, 0, 3, 3, 3]; // Into the top row, and to column 1.
    expect(walk(distribution, carry, forTask('zone 1')).at(-1)?.reward).toBe(0);
    expect(walk(distribution, [...carry, 7], forTask('zone 1')).at(-1)).toMatchObject({
      reward: 1,
      discount: 0,
    });
  });

  it('tells the task where that is wished for', () => {
    const shown = hockey({ shown: true });
    const tasks = [0, 1, 2].map((index) => shown.task('test', index, seed()));
    const { observation } = shown.createEnvironment(tasks, 1, seed()).reset();
    const size = shown.spec.observation.shape[0] as number;
    expect(size).toBe(13);
    for (const [copy, { identity }] of tasks.entries())
      expect(observation.slice(copy * size + 7, (copy + 1) * size).indexOf(1)).toBe(identity);
  });

  it('is solved by its oracle in all tasks', () => {
    const tasks = hockeyTasks.map(forTask);
    const environment = distribution.createEnvironment(tasks, 1, seed());
    const policy = distribution.references?.oracle?.(tasks, 1, seed());
    let shown = environment.reset();
    policy?.beginEpisode?.(0);
    const active = new Uint8Array(6).fill(1);
    const lengths = new Array<number>(6).fill(0);
    while (active.includes(1)) {
      const actions = policy?.act(shown) as Float32Array;
      const moved = active.slice();
      shown = environment.step(actions, active);
      policy?.observe?.(actions, shown, moved);
      for (let copy = 0; copy < 6; copy += 1) {
        if (moved[copy] === 1) lengths[copy]! += 1;
        if (shown.stepType[copy] === 2) active[copy] = 0;
      }
    }
    expect([...shown.success]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(lengths[1]).toBe(5); // Four steps to the puck, one shot.
  });
});
