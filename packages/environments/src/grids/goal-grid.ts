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
import { gridMap } from './grid-map.js';
import { type GridObservation, gridObservation } from './grid-observation.js';

/** Options of {@link goalGrid}. */
export type GoalGridOptions = {
  /** Cells across and down, odd or even, >= 2. */
  readonly size: number;
  /** Largest error of a reached cell in column and row, >= 0. */
  readonly error: number;
};

/** 31 by 31 cells, reached up to one cell. */
export const goalGridDefaults: GoalGridOptions = { size: 31, error: 1 };

const goalOf = ({ parameters }: ControlTask) => parameters.goal as number;
const middleOf = (size: number) => (size >> 1) * size + (size >> 1);

/** State: the cell reached last. */
function goalKernel({ size, error }: GoalGridOptions, shown: GridObservation, frame: KernelFrame): Kernel {
  const { state, observation, reward, random, tasks } = frame;
  const start = middleOf(size);
  const goals = tasks.map(goalOf);
  const near = (copy: number, place: number) =>
    Math.min(size - 1, Math.max(0, place + random.integer(copy, 2 * error + 1) - error));
  return {
    reset(copy) {
      state[copy] = start;
      shown.show(start, -1, observation, 2 * copy);
    },
    step(copy, task, actions) {
      const to = actions[copy] as number;
      const column = near(copy, to % size);
      const cell = near(copy, Math.floor(to / size)) * size + column;
      state[copy] = cell;
      shown.show(cell, -1, observation, 2 * copy);
      if (cell !== goals[task]) return Outcome.ongoing;
      reward[copy] = 1;
      return Outcome.succeeded;
    },
  };
}

/**
 * The plane as proposers of goals see it, with goal reaching solved: an action is a cell to go to, an episode is one step, and
 * the cell that is reached is off by up to `error` in column and row, uniformly, within the grid. Reward 1 where the cell is
 * that of the task, which is hidden. Observation: column and row in [-1, 1]; episodes begin in the middle. References:
 * `oracle` (told the cell), `random` (the uniform proposal).
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Pong, Dalal, Lin, Nair, Bahl, Levine. Skew-Fit: State-Covering Self-Supervised Reinforcement Learning. ICML 2020.
 *   arXiv:1903.03698.
 */
export function goalGrid(options: Partial<GoalGridOptions> = {}): ControlDistribution {
  const complete = { ...goalGridDefaults, ...options };
  const id = '@tasklearn/environments/goal-grid';
  const size = requireInteger(id, complete, 'size', 2);
  requireInteger(id, complete, 'error', 0);
  const map = gridMap(new Array<string>(size).fill('.'.repeat(size)));
  const shown = gridObservation(map, 'coordinates');
  const spec: ControlSpec = {
    observation: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: size * size - 1 },
    horizon: 1,
    hasSuccess: true,
  };
  return {
    kind: 'control',
    id,
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    ...finiteTasks(id, size * size, (goal) => ({ goal })),
    createEnvironment: (tasks, copiesPerTask, rng) =>
      vectorisedEnvironment(
        { id, spec, stateSize: 1, createKernel: (frame) => goalKernel(complete, shown, frame) },
        tasks,
        copiesPerTask,
        rng,
      ),
    reward: (task, { next }) =>
      Float32Array.from({ length: next.length / 2 }, (_, row) =>
        shown.read(next, 2 * row) === goalOf(task) ? 1 : 0,
      ),
    references: {
      oracle: (tasks, copiesPerTask, rng) =>
        copyPolicies(tasks, copiesPerTask, rng, (task) => ({ act: () => goalOf(task) })),
      random: uniformReference(size * size),
    },
    draw: (task, trajectories: readonly Trajectory[]) =>
      drawGrid(map, {
        start: middleOf(size),
        goals: [goalOf(task)],
        paths: trajectories.map(({ observations, length }) =>
          Array.from({ length: length + 1 }, (_, time) => shown.read(observations, 2 * time)),
        ),
      }),
  };
}
