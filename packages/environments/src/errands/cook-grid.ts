import { type ControlDistribution, type ControlSpec, requireInteger, type Trajectory } from '@tasklearn/core';
import { drawGrid } from '../drawing/draw-grid.js';
import { cellOf, gridMap, gridMoves } from '../grids/grid-map.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { isExploration } from '../tasks/trial-phase.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { permutationOf } from './permutation-of.js';

/** Options of {@link cookGrid}. */
export type CookGridOptions = {
  /** Steps of an exploration episode, >= 1. */
  readonly explorationSteps: number;
  /** Steps of an execution episode, >= 1. */
  readonly horizon: number;
};

/** Time to see three fridges, and time to cook. */
export const cookGridDefaults: CookGridOptions = { explorationSteps: 20, horizon: 40 };

const KITCHEN = gridMap(new Array<string>(7).fill('.......'));
const MOVES = gridMoves(KITCHEN, 4);
const CELLS = 49;
const POT = cellOf(KITCHEN, 3, 3);
const FRIDGES = [
  cellOf(KITCHEN, 0, 0),
  cellOf(KITCHEN, 6, 0),
  cellOf(KITCHEN, 0, 6),
  cellOf(KITCHEN, 6, 6),
] as const;
const USE = 4;
const TRIAL = { explorationEpisodes: 1, executionEpisodes: 1 } as const;
/** Observation: cell one-hot; what the fridge here holds; what is held; first and second of the recipe; progress; phase. */
const HERE = CELLS;
const HELD = HERE + 4;
const RECIPE = HELD + 4;
const OBSERVED = RECIPE + 8 + 2;
/** State: cell, held ingredient (-1), recipe (-1 in exploration; 4 * first + second), ingredients in the pot. */
const STATE = 4;

function cookKernel({ explorationSteps, horizon }: CookGridOptions, frame: KernelFrame): Kernel {
  const { state, observation, reward, random, episode, elapsed, tasks } = frame;
  const contents = tasks.map(({ parameters }) => {
    const held = new Int32Array(CELLS).fill(-1);
    for (const [fridge, ingredient] of permutationOf(parameters.permutation as number).entries())
      held[FRIDGES[fridge] as number] = ingredient;
    return held;
  });
  const show = (copy: number, task: number) => {
    const [at, own] = [copy * OBSERVED, copy * STATE];
    observation.fill(0, at, at + OBSERVED);
    const cell = state[own] as number;
    observation[at + cell] = 1;
    const here = (contents[task] as Int32Array)[cell] as number;
    if (here >= 0) observation[at + HERE + here] = 1;
    if ((state[own + 1] as number) >= 0) observation[at + HELD + (state[own + 1] as number)] = 1;
    const recipe = state[own + 2] as number;
    if (recipe < 0) return;
    observation[at + RECIPE + Math.floor(recipe / 4)] = 1;
    observation[at + RECIPE + 4 + (recipe % 4)] = 1;
    observation[at + OBSERVED - 2] = state[own + 3] as number;
    observation[at + OBSERVED - 1] = 1;
  };
  /** Takes from a fridge, or puts into the pot: what does not belong there is lost. True when the dish is done. */
  const use = (own: number, task: number): boolean => {
    const cell = state[own] as number;
    const here = (contents[task] as Int32Array)[cell] as number;
    if (here >= 0) state[own + 1] = here;
    if (cell !== POT || (state[own + 2] as number) < 0) return false;
    const recipe = state[own + 2] as number;
    const wanted = state[own + 3] === 0 ? Math.floor(recipe / 4) : recipe % 4;
    const right = state[own + 1] === wanted;
    state[own + 1] = -1;
    if (right) state[own + 3] = (state[own + 3] as number) + 1;
    return state[own + 3] === 2;
  };
  return {
    reset(copy, task) {
      const own = copy * STATE;
      state[own] = POT;
      state[own + 1] = -1;
      state[own + 2] = -1;
      state[own + 3] = 0;
      if (!isExploration(TRIAL, episode[copy] as number)) {
        const first = random.integer(copy, 4);
        const second = (first + 1 + random.integer(copy, 3)) % 4;
        state[own + 2] = 4 * first + second;
      }
      show(copy, task);
    },
    step(copy, task, actions) {
      const own = copy * STATE;
      const action = actions[copy] as number;
      let done = false;
      if (action === USE) done = use(own, task);
      else state[own] = MOVES[4 * (state[own] as number) + action] as number;
      show(copy, task);
      reward[copy] = done ? 0.9 : -0.1;
      if (done) return Outcome.succeededAndTerminated;
      const limit = (state[own + 2] as number) < 0 ? explorationSteps : horizon;
      return (elapsed[copy] as number) + 1 >= limit ? Outcome.truncated : Outcome.ongoing;
    },
  };
}

/** The move that brings nearer to a cell. */
function moveTowards(cell: number, target: number): number {
  const [column, row] = [cell % 7, Math.floor(cell / 7)];
  if (column !== target % 7) return target % 7 < column ? 3 : 1;
  return Math.floor(target / 7) < row ? 0 : 2;
}

/** Told what the fridges hold: fetches the two ingredients. Arbitrary in exploration. */
function oracle(): NonNullable<ControlDistribution['references']>[string] {
  return (tasks, copiesPerTask, rng) =>
    copyPolicies(tasks, copiesPerTask, rng, ({ parameters }) => {
      const contents = permutationOf(parameters.permutation as number);
      return {
        act({ observation }, copy) {
          const row = observation.subarray(copy * OBSERVED, (copy + 1) * OBSERVED);
          if (row[OBSERVED - 1] === 0) return 0;
          const from = RECIPE + (row[OBSERVED - 2] === 0 ? 0 : 4);
          const wanted = row.subarray(from, from + 4).indexOf(1);
          const holds = row[HELD + wanted] === 1;
          const target = holds ? POT : (FRIDGES[contents.indexOf(wanted)] as number);
          const cell = row.subarray(0, CELLS).indexOf(1);
          return cell === target ? USE : moveTowards(cell, target);
        },
      };
    });
}

/**
 * A kitchen of 7 x 7 cells with a fridge in each corner, each of which holds one of four ingredients, another in each task, and
 * a pot in the middle, where episodes begin. Actions: up, right, down, left, use: takes from a fridge, puts into the pot. A
 * trial is an exploration episode, then one with a recipe: two ingredients in order, drawn anew; the second right one pays 1
 * and ends it, and each step costs 0.1. Observation: cell; what the fridge here holds; what is in the hand; the recipe; how
 * many are in the pot; and 1 in execution. References: `oracle` (told what fridges hold), `random`.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 *   Sacrifices. ICML 2021. arXiv:2008.02790, section 6.2.
 */
export function cookGrid(options: Partial<CookGridOptions> = {}): ControlDistribution {
  const complete = { ...cookGridDefaults, ...options };
  const id = '@tasklearn/environments/cook-grid';
  for (const key of ['explorationSteps', 'horizon'] as const) requireInteger(id, complete, key);
  const spec: ControlSpec = {
    observation: { shape: [OBSERVED], dtype: 'float32', minimum: 0, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 4 },
    horizon: Math.max(complete.explorationSteps, complete.horizon),
    hasSuccess: true,
  };
  const cells = ({ observations, length }: Trajectory) =>
    Array.from({ length: length + 1 }, (_, time) =>
      observations.subarray(time * OBSERVED, time * OBSERVED + CELLS).indexOf(1),
    );
  return {
    kind: 'control',
    id,
    spec,
    varies: ['dynamics'],
    trial: TRIAL,
    ...finiteTasks(id, 24, (permutation) => ({ permutation })),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: STATE, createKernel: (frame) => cookKernel(complete, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: (_, { next }) =>
      Float32Array.from({ length: next.length / OBSERVED }, (_unused, row) =>
        next[(row + 1) * OBSERVED - 2] === 2 ? 0.9 : -0.1,
      ),
    references: { oracle: oracle(), random: uniformReference(5) },
    draw: (_, trajectories) =>
      drawGrid(KITCHEN, { start: POT, goals: FRIDGES, paths: trajectories.map(cells) }),
  };
}
