import {
  type ControlDistribution,
  type ControlSpec,
  type ControlTask,
  requireInteger,
  type Trajectory,
} from '@tasklearn/core';
import { drawGrid } from '../drawing/draw-grid.js';
import { cellOf, gridMap, gridMoves } from '../grids/grid-map.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { isExploration } from '../tasks/trial-phase.js';
import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { permutationOf } from './permutation-of.js';

/** Options of {@link busGrid}. */
export type BusGridOptions = {
  /** Whether a map in the room shows where the coloured buses go. */
  readonly map: boolean;
  /** Whether there are two grey buses too, whose destinations differ between tasks and do not matter. */
  readonly distractors: boolean;
  /** Steps of an episode, of exploration and of execution, >= 1. */
  readonly horizon: number;
};

/** With a map, without distractors. */
export const busGridDefaults: BusGridOptions = { map: true, distractors: false, horizon: 20 };

const ROOM = gridMap(new Array<string>(5).fill('.....'));
const MOVES = gridMoves(ROOM, 4);
const CELLS = 25;
/** The four outer stops, then the four places where grey buses go. */
const PLACES = CELLS + 8;
const START = cellOf(ROOM, 2, 2);
const MAP = cellOf(ROOM, 2, 0);
const STOPS = [cellOf(ROOM, 0, 0), cellOf(ROOM, 4, 0), cellOf(ROOM, 0, 4), cellOf(ROOM, 4, 4)] as const;
const GREY = [cellOf(ROOM, 0, 2), cellOf(ROOM, 4, 2)] as const;
const RIDE = 4;
const TRIAL = { explorationEpisodes: 1, executionEpisodes: 1 } as const;
/** Observation: place one-hot, permutation (4 x 4) while on the map, instruction one-hot, phase. */
const OBSERVED = PLACES + 16 + 4 + 1;

/** Where rides lead from each place, -1 where no bus stops. */
function ridesOf({ distractors }: BusGridOptions, { parameters }: ControlTask): Int32Array {
  const rides = new Int32Array(PLACES).fill(-1);
  const link = (stop: number, away: number) => {
    rides[stop] = away;
    rides[away] = stop;
  };
  for (const [colour, to] of permutationOf(parameters.permutation as number).entries())
    link(STOPS[colour] as number, CELLS + to);
  if (distractors)
    for (const [index, stop] of GREY.entries())
      rides[stop] = CELLS + 4 + (Math.floor((parameters.distraction as number) / 4 ** index) % 4);
  return rides;
}

/** State: place and instruction (-1 in exploration); and the grey stop last left. */
function busKernel(options: BusGridOptions, frame: KernelFrame): Kernel {
  const { state, observation, reward, random, episode, tasks } = frame;
  const rides = tasks.map((task) => ridesOf(options, task));
  const orders = tasks.map(({ parameters }) => permutationOf(parameters.permutation as number));
  const show = (copy: number, task: number) => {
    const at = copy * OBSERVED;
    observation.fill(0, at, at + OBSERVED);
    observation[at + (state[3 * copy] as number)] = 1;
    if (options.map && state[3 * copy] === MAP)
      for (let colour = 0; colour < 4; colour += 1)
        observation[at + PLACES + 4 * colour + ((orders[task] as readonly number[])[colour] as number)] = 1;
    const instruction = state[3 * copy + 1] as number;
    if (instruction < 0) return;
    observation[at + PLACES + 16 + instruction] = 1;
    observation[at + OBSERVED - 1] = 1;
  };
  const ride = (copy: number, task: number, place: number): number => {
    if (place >= CELLS + 4) return state[3 * copy + 2] as number; // Back where the grey bus came from.
    const to = (rides[task] as Int32Array)[place] as number;
    if (to >= CELLS + 4) state[3 * copy + 2] = place;
    return to < 0 ? place : to;
  };
  return {
    reset(copy, task) {
      state[3 * copy] = START;
      state[3 * copy + 1] = isExploration(TRIAL, episode[copy] as number) ? -1 : random.integer(copy, 4);
      show(copy, task);
    },
    step(copy, task, actions) {
      const action = actions[copy] as number;
      const place = state[3 * copy] as number;
      if (action === RIDE) state[3 * copy] = ride(copy, task, place);
      else if (place < CELLS) state[3 * copy] = MOVES[4 * place + action] as number;
      show(copy, task);
      const instruction = state[3 * copy + 1] as number;
      const arrived = instruction >= 0 && state[3 * copy] === CELLS + instruction;
      reward[copy] = arrived ? 0.9 : -0.1;
      return arrived ? Outcome.succeededAndTerminated : Outcome.ongoing;
    },
  };
}

/** Told where the buses go: walks to the right one and takes it. Arbitrary in exploration. */
function oracle(): NonNullable<ControlDistribution['references']>[string] {
  return (tasks, copiesPerTask, rng) =>
    copyPolicies(tasks, copiesPerTask, rng, ({ parameters }) => ({
      act({ observation }, copy) {
        const row = observation.subarray(copy * OBSERVED, (copy + 1) * OBSERVED);
        const place = row.subarray(0, PLACES).indexOf(1);
        const instruction = row.subarray(PLACES + 16, PLACES + 20).indexOf(1);
        if (instruction < 0) return 0;
        const stop = STOPS[permutationOf(parameters.permutation as number).indexOf(instruction)] as number;
        if (place === stop || place >= CELLS) return RIDE;
        const [column, row2] = [place % 5, Math.floor(place / 5)];
        if (column !== stop % 5) return stop % 5 < column ? 3 : 1;
        return Math.floor(stop / 5) < row2 ? 0 : 2;
      },
    }));
}

/**
 * A room of 5 x 5 cells with a bus stop of another colour in each corner; which of four outer stops a bus goes to differs
 * between tasks. Actions: up, right, down, left, ride (and ride back). A trial is an exploration episode, then one with an
 * instruction: the outer stop to go to, drawn anew, for a reward of 1; each step costs 0.1. A map, two steps from the start,
 * shows all destinations. Observation: place, one-hot; the map's 4 x 4 numbers, while on it; the instruction; and 1 in
 * execution. References: `oracle` (told the destinations), `random`.
 *
 * A task is the permutation (24), with distractors also their destinations.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Liu, Raghunathan, Liang, Finn. Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without
 *   Sacrifices. ICML 2021. arXiv:2008.02790, section 6.1.
 */
export function busGrid(options: Partial<BusGridOptions> = {}): ControlDistribution {
  const complete = { ...busGridDefaults, ...options };
  const id = '@tasklearn/environments/bus-grid';
  const spec: ControlSpec = {
    observation: { shape: [OBSERVED], dtype: 'float32', minimum: 0, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 4 },
    horizon: requireInteger(id, complete, 'horizon'),
    hasSuccess: true,
  };
  const kinds = complete.distractors ? 16 : 1;
  const cells = ({ observations, length }: Trajectory) =>
    Array.from({ length: length + 1 }, (_, time) =>
      observations.subarray(time * OBSERVED, time * OBSERVED + PLACES).indexOf(1),
    ).filter((place) => place < CELLS);
  return {
    kind: 'control',
    id,
    spec,
    varies: ['dynamics'],
    trial: TRIAL,
    ...finiteTasks(id, 24 * kinds, (member) => ({
      permutation: member % 24,
      ...(complete.distractors ? { distraction: Math.floor(member / 24) } : {}),
    })),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 3, createKernel: (frame) => busKernel(complete, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: (_, { next }) =>
      Float32Array.from({ length: next.length / OBSERVED }, (_unused, row) => {
        const shown = next.subarray(row * OBSERVED, (row + 1) * OBSERVED);
        const instruction = shown.subarray(PLACES + 16, PLACES + 20).indexOf(1);
        return instruction >= 0 && shown[CELLS + instruction] === 1 ? 0.9 : -0.1;
      }),
    references: { oracle: oracle(), random: uniformReference(5) },
    draw: (_, trajectories) =>
      drawGrid(ROOM, {
        start: START,
        goals: [...STOPS, ...(complete.map ? [MAP] : [])],
        paths: trajectories.map(cells),
      }),
  };
}
