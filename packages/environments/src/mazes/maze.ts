import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  createRng,
  type Rng,
  requireInteger,
  requireOneOf,
  type Split,
  TasklearnError,
  type Trajectory,
} from '@tasklearn/core';
import { drawGrid } from '../drawing/draw-grid.js';
import { type GridMap, gridDistances, gridMoves } from '../grids/grid-map.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { type FiniteWorld, finiteWorld } from '../tabular/finite-world.js';
import { perTask } from '../tabular/tabular-distribution.js';
import { tabularKernel } from '../tabular/tabular-kernel.js';
import { drawnSeed } from '../tasks/drawn-tasks.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { generateMaze } from './generate-maze.js';
import { viewRows, viewSize } from './maze-view.js';

/** Options of {@link maze}. */
export type MazeOptions = {
  /** Cells across and down of training mazes, odd, >= 5. */
  readonly size: number;
  /** The same for validation and test mazes. */
  readonly testSize: number;
  /** Walls opened in a perfect maze, >= 0. */
  readonly loops: number;
  /** `local`: the 3 x 3 cells about the agent; `rays`: what 15 rays over 120 degrees meet. */
  readonly view: 'local' | 'rays';
  /** H, >= 1. */
  readonly horizon: number;
  /** Episodes of a trial, in one maze, all of which count, >= 1. */
  readonly episodes: number;
  /** Mazes that training draws from, >= 1. */
  readonly trainingMazes: number;
};

/** A thousand small mazes, two episodes of 250 steps in each. */
export const mazeDefaults: MazeOptions = {
  size: 7,
  testSize: 7,
  loops: 2,
  view: 'rays',
  horizon: 250,
  episodes: 2,
  trainingMazes: 1000,
};

/** A maze, and where to begin and to go. */
interface MazeTask {
  readonly map: GridMap;
  readonly start: number;
  readonly heading: number;
  readonly goal: number;
  readonly world: FiniteWorld;
}

/** State: 4 * cell + heading. Actions: forward, turn left, turn right. */
function mazeWorld(map: GridMap, start: number, goal: number): FiniteWorld {
  const moves = gridMoves(map, 4);
  return finiteWorld({
    states: 4 * map.columns.length,
    actions: 3,
    initial: start,
    terminal: (state) => state >> 2 === goal,
    success: (state) => state >> 2 === goal,
    transitions: (state, action) => {
      const [cell, heading] = [state >> 2, state % 4];
      if (action > 0)
        return [{ next: 4 * cell + ((heading + (action === 1 ? 3 : 1)) % 4), probability: 1, reward: -0.01 }];
      const next = moves[state] as number; // moves are indexed by cell and direction, as states are.
      const reward = (next === goal ? 1 : 0) - 0.01 - (next === cell ? 0.001 : 0);
      return [{ next: 4 * next + heading, probability: 1, reward }];
    },
  });
}

/** The maze of a seed: the start is random, the goal one of the cells at least half as far from it as the farthest. */
function mazeOf(size: number, loops: number, seed: number): MazeTask {
  const rng = createRng(seed);
  const map = generateMaze(size, loops, rng.split('walls'));
  const start = rng.split('start').integer(map.columns.length);
  const distances = gridDistances(map, [start]);
  const farthest = Math.max(...distances);
  const far = Array.from(distances.keys()).filter((cell) => 2 * (distances[cell] as number) >= farthest);
  const goal = far[rng.split('goal').integer(far.length)] as number;
  const heading = rng.split('heading').integer(4);
  return { map, start, heading, goal, world: mazeWorld(map, 4 * start + heading, goal) };
}

/** Steps, turns included, from each state to the goal. */
function stepsToGoal({ world }: MazeTask): Int32Array {
  const { states, next, terminal } = world;
  const before: number[][] = Array.from({ length: states }, () => []);
  for (let row = 0; row < states * 3; row += 1) before[next[row] as number]?.push(Math.floor(row / 3));
  const steps = new Int32Array(states).fill(-1);
  const queue = Array.from(terminal.keys()).filter((state) => terminal[state] === 1);
  for (const state of queue) steps[state] = 0;
  for (let head = 0; head < queue.length; head += 1)
    for (const state of before[queue[head] as number] as number[]) {
      if (steps[state] !== -1) continue;
      steps[state] = (steps[queue[head] as number] as number) + 1;
      queue.push(state);
    }
  return steps;
}

/** Takes the shortest way; keeps its place by itself, since a view does not tell it. */
function shortestWay(
  taskOf: (task: ControlTask) => MazeTask,
): NonNullable<ControlDistribution['references']>[string] {
  const distancesOf = perTask((task) => stepsToGoal(taskOf(task)));
  return (tasks, copiesPerTask, rng) =>
    copyPolicies(tasks, copiesPerTask, rng, (task) => {
      const { world, start, heading } = taskOf(task);
      const distances = distancesOf(task);
      let state = 0;
      return {
        act({ stepType }, copy) {
          if (stepType[copy] === 0) state = 4 * start + heading;
          const after = [0, 1, 2].map(
            (action) => distances[world.next[3 * state + action] as number] as number,
          );
          return after.indexOf(Math.min(...after));
        },
        observe(action) {
          state = world.next[3 * state + action] as number;
        },
      };
    });
}

/** Cells of an episode, by its actions. */
function cellsOf({ world, start, heading }: MazeTask, { actions, length }: Trajectory): number[] {
  let state = 4 * start + heading;
  const cells = [start];
  for (const action of actions.subarray(0, length)) {
    state = world.next[3 * state + action] as number;
    cells.push(state >> 2);
  }
  return cells;
}

/** Training mazes have numbers; others are drawn, and of another kind of seed. */
function mazeTask(
  { trainingMazes, size, testSize }: MazeOptions,
  split: Split,
  index: number,
  rng: Rng,
): ControlTask {
  const stream = rng.split(split).split(index);
  const id = `${split}-${index}`;
  if (split !== 'train') return { id, parameters: { seed: drawnSeed(split, stream), size: testSize } };
  const identity = stream.integer(trainingMazes);
  return { id, parameters: { seed: 3 * identity, size }, identity };
}

/**
 * Mazes in first person: forward (0), turn left (1), turn right (2). Arriving at the goal pays 1 and ends the episode, each
 * step costs 0.01, and 0.001 more where it runs into a wall. Maze, start and goal stay the same for the episodes of a trial, so
 * that the first may explore and the next go straight. References: `oracle` (told the maze: the shortest way), `random`.
 *
 * Views, turned with the agent: `local` shows walls and goal in the 3 x 3 cells about it; `rays` shows 1 / (1 + distance) and
 * goal or wall for each of 15 rays.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Duan and others. RL². 2016. arXiv:1611.02779, section 3.3; Mishra, Rohaninejad, Chen, Abbeel. A Simple Neural
 *   Attentive Meta-Learner. ICLR 2018. arXiv:1707.03141, section 4.2.4.
 */
export function maze(options: Partial<MazeOptions> = {}): ControlDistribution {
  const complete = { ...mazeDefaults, ...options };
  const id = '@tasklearn/environments/maze';
  for (const key of ['size', 'testSize'] as const)
    if (requireInteger(id, complete, key, 5) % 2 === 0)
      throw new TasklearnError(
        'INVALID_OPTION',
        `${id}: option \`${key}\` must be odd, got ${complete[key]}.`,
        {
          owner: id,
          key,
          received: complete[key],
        },
      );
  requireInteger(id, complete, 'loops', 0);
  for (const key of ['horizon', 'episodes', 'trainingMazes'] as const) requireInteger(id, complete, key);
  const view = requireOneOf(id, complete, 'view', ['local', 'rays']);
  const spec: ControlSpec = {
    observation: { shape: [viewSize(view)], dtype: 'float32', minimum: 0, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 2 },
    horizon: complete.horizon,
    hasSuccess: true,
  };
  const taskOf = perTask(({ parameters }) =>
    mazeOf(parameters.size as number, complete.loops, parameters.seed as number),
  );
  return {
    kind: 'control',
    id,
    spec,
    varies: ['states', 'dynamics', 'reward', 'initialState'],
    trial: { explorationEpisodes: 0, executionEpisodes: complete.episodes },
    trainingTasks: complete.trainingMazes,
    task: (split, index, rng) => mazeTask(complete, split, index, rng),
    createEnvironment: (tasks, copiesPerTask, rng) => {
      const mazes = tasks.map(taskOf);
      const rows = mazes.map(({ map, goal }) => viewRows(map, goal, view));
      const worlds = mazes.map(({ world }) => world);
      return vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => tabularKernel(frame, worlds, rows) },
        tasks,
        copiesPerTask,
        rng,
      );
    },
    references: { oracle: shortestWay(taskOf), random: uniformReference(3) },
    draw(task, trajectories) {
      const known = taskOf(task);
      const { map, start, goal } = known;
      return drawGrid(map, { start, goals: [goal], paths: trajectories.map((one) => cellsOf(known, one)) });
    },
  };
}
