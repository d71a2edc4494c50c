import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  requireInteger,
  type Trajectory,
} from '@tasklearn/core';
import { drawGrid } from '../drawing/draw-grid.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { withDescriptor } from '../wrappers/with-descriptor.js';
import { DIRECTIONS, gridMap } from './grid-map.js';

/** Options of {@link hockey}. */
export type HockeyOptions = {
  /** H, >= 1. */
  readonly horizon: number;
  /** Whether the observation tells the task, by six numbers at its end. */
  readonly shown: boolean;
};

/** Forty steps; the task is not told. */
export const hockeyDefaults: HockeyOptions = { horizon: 40, shown: false };

/** Names of the tasks, by their number in `parameters.task`. */
export const hockeyTasks = ['pass', 'shoot', 'zone 1', 'zone 2', 'zone 3', 'zone 4'] as const;

const SIZE = 9;
const CELLS = SIZE * SIZE;
/** The puck is with the player. */
const CARRIED = CELLS;
const START = 4 * SIZE;
const PUCK = 4 * SIZE + 4;
const MATE = SIZE + 6;
const GOAL = 5 * SIZE - 1;
/** Cells that a hit puck flies at most. */
const REACH = 4;
/** Observation: player x, y; puck x, y; carried; puck at mate; puck in the goal. */
const OBSERVED = 7;
/** Corners of 2 x 2 cells: top left, top right, bottom left, bottom right. */
const inZone = (cell: number, zone: number) => {
  const column = cell % SIZE;
  const row = Math.floor(cell / SIZE);
  const across = zone % 2 === 0 ? column < 2 : column >= SIZE - 2;
  return across && (zone < 2 ? row < 2 : row >= SIZE - 2);
};

/** Next to a cell, or the cell itself at the edge. */
function neighbour(cell: number, direction: number): number {
  const [right, down] = DIRECTIONS[direction] as readonly [number, number];
  const [column, row] = [(cell % SIZE) + right, Math.floor(cell / SIZE) + down];
  return column < 0 || row < 0 || column >= SIZE || row >= SIZE ? cell : row * SIZE + column;
}

/** Player and puck after an action, as player * (CELLS + 1) + puck. */
function hockeyMove(player: number, puck: number, action: number): number {
  if (action < 4) {
    const to = neighbour(player, action);
    return to * (CELLS + 1) + (to === puck ? CARRIED : puck);
  }
  if (puck !== CARRIED) return player * (CELLS + 1) + puck;
  let lands = player;
  for (let flown = 0; flown < REACH && lands !== MATE && lands !== GOAL; flown += 1)
    lands = neighbour(lands, action - 4);
  return player * (CELLS + 1) + (lands === player ? CARRIED : lands);
}

/** Where each action leads from each state, [CELLS * (CELLS + 1) * 8]. */
function hockeyTable(): Int32Array {
  return Int32Array.from({ length: CELLS * (CELLS + 1) * 8 }, (_, entry) => {
    const state = entry >> 3;
    return hockeyMove(Math.floor(state / (CELLS + 1)), state % (CELLS + 1), entry % 8);
  });
}

/** Whether the puck, where it lies after a step, is where the task wants it. */
function achieved(task: number, puck: number): boolean {
  if (puck === CARRIED) return false;
  if (task === 0) return puck === MATE;
  return task === 1 ? puck === GOAL : inZone(puck, task - 2);
}

/** Where the observation says that the puck lies. */
function puckIn(observation: Float32Array, offset: number): number {
  if (observation[offset + 4] === 1) return CARRIED;
  const place = (value: number) => Math.round(((value + 1) / 2) * (SIZE - 1));
  return place(observation[offset + 3] as number) * SIZE + place(observation[offset + 2] as number);
}

const scaled = (place: number) => (2 * place) / (SIZE - 1) - 1;

function show(player: number, puck: number, into: Float32Array, offset: number): void {
  const at = puck === CARRIED ? player : puck;
  into[offset] = scaled(player % SIZE);
  into[offset + 1] = scaled(Math.floor(player / SIZE));
  into[offset + 2] = scaled(at % SIZE);
  into[offset + 3] = scaled(Math.floor(at / SIZE));
  into[offset + 4] = puck === CARRIED ? 1 : 0;
  into[offset + 5] = puck === MATE ? 1 : 0;
  into[offset + 6] = puck === GOAL ? 1 : 0;
}

/** State: player and puck as one number. */
function hockeyKernel(table: Int32Array, { state, observation, reward, tasks }: KernelFrame): Kernel {
  const wanted = tasks.map(({ parameters }) => parameters.task as number);
  return {
    reset(copy) {
      state[copy] = START * (CELLS + 1) + PUCK;
      show(START, PUCK, observation, copy * OBSERVED);
    },
    step(copy, task, actions) {
      const after = table[8 * (state[copy] as number) + (actions[copy] as number)] as number;
      state[copy] = after;
      const lies = after % (CELLS + 1);
      show(Math.floor(after / (CELLS + 1)), lies, observation, copy * OBSERVED);
      if (!achieved(wanted[task] as number, lies)) return Outcome.ongoing;
      reward[copy] = 1;
      return Outcome.succeededAndTerminated;
    },
  };
}

/** The first action of a shortest way from each state, by breadth-first search backwards from success. */
function shortestActions(table: Int32Array, task: number): Int8Array {
  const states = CELLS * (CELLS + 1);
  const before: number[][] = Array.from({ length: states }, () => []);
  const best = new Int8Array(states).fill(-1);
  const queue: number[] = [];
  for (let state = 0; state < states; state += 1) {
    if (achieved(task, state % (CELLS + 1))) {
      best[state] = 0;
      queue.push(state);
      continue;
    }
    for (let action = 0; action < 8; action += 1)
      before[table[8 * state + action] as number]?.push(8 * state + action);
  }
  for (let head = 0; head < queue.length; head += 1)
    for (const edge of before[queue[head] as number] as number[]) {
      const state = edge >> 3;
      if (best[state] !== -1) continue;
      best[state] = edge % 8;
      queue.push(state);
    }
  return best;
}

function oracleReference(table: Int32Array): NonNullable<ControlDistribution['references']>[string] {
  const known = new Map<number, Int8Array>();
  return (tasks, copiesPerTask, rng) =>
    copyPolicies(tasks, copiesPerTask, rng, ({ parameters }) => {
      const task = parameters.task as number;
      const best = known.get(task) ?? shortestActions(table, task);
      known.set(task, best);
      let state = 0;
      return {
        act({ stepType }, copy) {
          if (stepType[copy] === 0) state = START * (CELLS + 1) + PUCK;
          return Math.max(0, best[state] as number);
        },
        observe(action) {
          state = table[8 * state + action] as number;
        },
      };
    });
}

/**
 * Six tasks with a puck in one 9 x 9 rink: pass it to the mate, shoot it into the goal, or leave it in one of four corner
 * zones. Actions: skate up, right, down, left (0 to 3), and hit the puck in these directions (4 to 7); skating onto the
 * puck takes it along; a hit puck flies four cells, or until the mate, the goal or the boards. Reward 1 and the end where
 * the puck lies where the task wants it; 0 else. The dynamics are shared, so that what was done for one task can be
 * counted for another: `parameters.task` numbers `hockeyTasks`. All splits have all tasks.
 *
 * The observation does not tell the task unless `shown`. References: `oracle`, `random`.
 *
 * @throws `INVALID_OPTION`.
 */
export function hockey(options: Partial<HockeyOptions> = {}): ControlDistribution {
  const id = '@tasklearn/environments/hockey';
  const complete = { ...hockeyDefaults, ...options };
  const spec: ControlSpec = {
    observation: { shape: [OBSERVED], dtype: 'float32', minimum: -1, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 7 },
    horizon: requireInteger(id, complete, 'horizon'),
    hasSuccess: true,
  };
  const table = hockeyTable();
  const taskOf = ({ parameters }: ControlTask) => parameters.task as number;
  const map = gridMap(new Array<string>(SIZE).fill('.'.repeat(SIZE)));
  const targets = (task: number) => {
    if (task < 2) return [task === 0 ? MATE : GOAL];
    return Array.from({ length: CELLS }, (_, cell) => cell).filter((cell) => inZone(cell, task - 2));
  };
  const path = ({ observations, length }: Trajectory) =>
    Array.from({ length: length + 1 }, (_, time) =>
      puckIn(observations.slice(time * OBSERVED, time * OBSERVED + 4), 0),
    );
  const hidden: ControlDistribution = {
    kind: 'control',
    id,
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    ...finiteTasks(id, hockeyTasks.length, (task) => ({ task }), true),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => hockeyKernel(table, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: (task, { next }) =>
      Float32Array.from({ length: next.length / OBSERVED }, (_, row) =>
        achieved(taskOf(task), puckIn(next, row * OBSERVED)) ? 1 : 0,
      ),
    references: { oracle: oracleReference(table), random: uniformReference(8) },
    draw: (task, trajectories) =>
      drawGrid(map, { start: PUCK, goals: targets(taskOf(task)), paths: trajectories.map(path) }),
  };
  return complete.shown ? withDescriptor(hidden) : hidden;
}
