import type {
  ControlDistribution,
  ControlSpec,
  ControlTask,
  TabularControlDistribution,
  Trajectory,
} from '@tasklearn/core';
import { drawGrid } from '../drawing/draw-grid.js';
import { copyPolicies, uniformReference } from '../oracles/copy-policies.js';
import { type FiniteWorld, finiteWorld, matricesOf } from '../tabular/finite-world.js';
import { perTask } from '../tabular/tabular-distribution.js';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { GRID_STATE, gridKernel } from './grid-kernel.js';
import { type GridMap, gridDistances, gridMoves } from './grid-map.js';
import { type GridObservation, gridObservation } from './grid-observation.js';
import { type GridOptions, requireGridOptions } from './grid-options.js';
import { gridReward } from './grid-reward.js';

/** A world to walk in. */
export interface GridDefinition {
  readonly id: string;
  readonly map: GridMap;
  /** The cell where episodes begin, unless they begin anywhere. */
  readonly start: number;
  /** The cells that goals of tasks are drawn from; all but the start where absent. */
  readonly goals?: readonly number[];
}

/** No episode begins at the goal, so that goals decide where it may. */
const VARIES_WITH_START = ['reward', 'initialState'] as const;

const fixedGoal = ({ parameters }: ControlTask) => parameters.goal ?? -1;

/** The world of one goal, as a table. */
function gridWorld({ map, start }: GridDefinition, options: GridOptions, goal: number): FiniteWorld {
  const cells = map.columns.length;
  const steps = options.stay ? 5 : 4;
  const moves = gridMoves(map, steps);
  const open = options.goal === 'none' ? cells : cells - 1;
  const rewardOf = gridReward(map, options.reward);
  return finiteWorld({
    states: cells,
    actions: steps,
    initial:
      options.start === 'fixed'
        ? start
        : Float64Array.from({ length: cells }, (_, cell) => (cell === goal ? 0 : 1 / open)),
    terminal: (cell) => options.endsAtGoal && cell === goal,
    success: (cell) => cell === goal,
    transitions: (cell, action) =>
      [0, 1, 2, 3, action].map((step, index) => {
        const next = moves[cell * steps + step] as number;
        return {
          next,
          probability: index === 4 ? 1 - options.slip : options.slip / 4,
          reward: rewardOf(next, goal),
        };
      }),
  });
}

/** Goes down the distances to the goal; knows the task, or sees the goal. */
function shortestPath(
  { map }: GridDefinition,
  options: GridOptions,
  shown: GridObservation,
  size: number,
): NonNullable<ControlDistribution['references']>[string] {
  const steps = options.stay ? 5 : 4;
  const moves = gridMoves(map, steps);
  const known = new Map<number, Int32Array>();
  const distancesTo = (goal: number) => {
    const distances = known.get(goal) ?? gridDistances(map, [goal]);
    known.set(goal, distances);
    return distances;
  };
  return (tasks, copiesPerTask, rng) =>
    copyPolicies(tasks, copiesPerTask, rng, (task) => ({
      act({ observation }, copy) {
        const cell = shown.read(observation, copy * size);
        const goal = size > shown.size ? shown.read(observation, copy * size + shown.size) : fixedGoal(task);
        if (goal < 0) return 0;
        const distances = distancesTo(goal);
        let best = 0;
        for (let step = 1; step < steps; step += 1) {
          const [here, there] = [best, step].map(
            (index) => distances[moves[cell * steps + index] as number] as number,
          );
          if ((there as number) < (here as number)) best = step;
        }
        return best;
      },
    }));
}

/** The law of reward: where goals are shown they are read from the observation. */
function rewardLaw(
  { map }: GridDefinition,
  options: GridOptions,
  shown: GridObservation,
  size: number,
): NonNullable<ControlDistribution['reward']> {
  const rewardOf = gridReward(map, options.reward);
  return (task, { next }) =>
    Float32Array.from({ length: next.length / size }, (_, row) =>
      rewardOf(
        shown.read(next, row * size),
        size > shown.size ? shown.read(next, row * size + shown.size) : fixedGoal(task),
      ),
    );
}

const showsGoal = ({ goal }: GridOptions) => goal === 'task' || goal === 'episode';

function gridSpec(options: GridOptions, shown: GridObservation): ControlSpec {
  const visible = showsGoal(options);
  return {
    observation: {
      shape: [shown.size * (visible ? 2 : 1)],
      dtype: 'float32',
      minimum: -1,
      maximum: 1,
    },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: options.stay ? 4 : 3 },
    horizon: options.horizon,
    ...(visible ? { goal: { size: shown.size, achieved: 0, desired: shown.size } } : {}),
    hasSuccess: options.goal !== 'none',
  };
}

/** The tasks of a grid, and what varies between them. */
function gridTasks({ id, map, start, goals }: GridDefinition, options: GridOptions) {
  if (options.goal === 'episode' || options.goal === 'none')
    return { ...finiteTasks(id, 1, () => ({})), varies: [] };
  const anywhere = Array.from(map.columns.keys()).filter(
    (cell) => options.start === 'uniform' || cell !== start,
  );
  const candidates = goals ?? anywhere;
  const several = options.start === 'fixed' ? (['reward'] as const) : VARIES_WITH_START;
  return {
    ...finiteTasks(id, candidates.length, (member) => ({ goal: candidates[member] as number })),
    varies: candidates.length === 1 ? [] : several,
  };
}

/** Pictures of episodes and of moments. */
function gridPictures(
  { map, start }: GridDefinition,
  options: GridOptions,
  shown: GridObservation,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const size = shown.size * (showsGoal(options) ? 2 : 1);
  const ring = options.start === 'fixed' ? start : -1;
  const goalIn = (task: ControlTask, observation: Float32Array) =>
    showsGoal(options) ? shown.read(observation, shown.size) : fixedGoal(task);
  const pathOf = ({ observations, length }: Trajectory) =>
    Array.from({ length: length + 1 }, (_, time) => shown.read(observations, time * size));
  return {
    draw: (task, trajectories) =>
      drawGrid(map, {
        start: ring,
        goals:
          options.goal === 'episode'
            ? trajectories.map(({ observations }) => goalIn(task, observations))
            : [fixedGoal(task)],
        paths: trajectories.map(pathOf),
      }),
    drawFrame: (task, observation) =>
      drawGrid(map, {
        start: ring,
        goals: [goalIn(task, observation)],
        paths: [],
        at: shown.read(observation, 0),
      }),
  };
}

/** What grids of all goal kinds have. */
function common(
  definition: GridDefinition,
  options: GridOptions,
  shown: GridObservation,
): ControlDistribution {
  const { id, map, start } = definition;
  const spec = gridSpec(options, shown);
  const size = spec.observation.shape[0] as number;
  return {
    kind: 'control',
    id,
    spec,
    ...gridTasks(definition, options),
    trial: { explorationEpisodes: options.goal === 'hidden' ? 1 : 0, executionEpisodes: 1 },
    createEnvironment: (list, copiesPerTask, rng) =>
      vectorisedEnvironment(
        {
          id,
          spec,
          stateSize: GRID_STATE,
          createKernel: (frame) =>
            gridKernel(
              { map, options, observation: shown, start, goals: Int32Array.from(frame.tasks, fixedGoal) },
              frame,
            ),
        },
        list,
        copiesPerTask,
        rng,
      ),
    reward: rewardLaw(definition, options, shown, size),
    references: {
      ...(options.goal === 'none' ? {} : { oracle: shortestPath(definition, options, shown, size) }),
      random: uniformReference(options.stay ? 5 : 4),
    },
    ...gridPictures(definition, options, shown),
  };
}

/**
 * A distribution of walks in a grid: up (0), right (1), down (2), left (3), and to stay (4) where that is an option.
 * References: `oracle` (the shortest way to the goal), `random`. Has exact models unless goals are drawn for each episode.
 *
 * @throws `INVALID_OPTION`.
 */
export function gridDistribution(
  definition: GridDefinition,
  options: GridOptions,
): ControlDistribution | TabularControlDistribution {
  requireGridOptions(definition.id, options);
  const shown = gridObservation(definition.map, options.observation);
  const distribution = common(definition, options, shown);
  if (options.goal === 'episode') return distribution;
  const world = perTask((task) => gridWorld(definition, options, fixedGoal(task)));
  const size = distribution.spec.observation.shape[0] as number;
  return {
    ...distribution,
    tabularModel: (task) => matricesOf(world(task)),
    stateOf: (_, observation) => shown.read(observation, 0),
    observationOf(task, state) {
      const observation = new Float32Array(size);
      shown.show(state, -1, observation, 0);
      if (size > shown.size) shown.show(fixedGoal(task), -1, observation, shown.size);
      return observation;
    },
  };
}
