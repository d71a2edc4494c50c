import { type Kernel, type KernelFrame, Outcome } from '../vectorised/kernel.js';
import { type GridMap, gridMoves } from './grid-map.js';
import type { GridObservation } from './grid-observation.js';
import type { GridOptions } from './grid-options.js';
import { gridReward } from './grid-reward.js';

/** State: cell and goal (-1 for none). */
export const GRID_STATE = 2;

/** What the kernel needs to know of the world. */
export interface GridKernelOptions {
  readonly map: GridMap;
  readonly options: GridOptions;
  readonly observation: GridObservation;
  /** The cell where episodes begin. */
  readonly start: number;
  /** Goal of each task; ignored where goals are drawn for each episode. */
  readonly goals: Int32Array;
}

/** Simulates grid worlds. */
export function gridKernel(world: GridKernelOptions, frame: KernelFrame): Kernel {
  const { map, observation: shown, goals } = world;
  const { slip, stay, goal: goalKind, start, endsAtGoal } = world.options;
  const { state, observation, reward, random } = frame;
  const steps = stay ? 5 : 4;
  const moves = gridMoves(map, steps);
  const cells = map.columns.length;
  const visibleGoal = goalKind === 'task' || goalKind === 'episode';
  const size = shown.size * (visibleGoal ? 2 : 1);
  const rewardOf = gridReward(map, world.options.reward);
  const arrived = endsAtGoal ? Outcome.succeededAndTerminated : Outcome.succeeded;
  /** Any cell but one. */
  const otherCell = (copy: number, than: number) => {
    if (than < 0) return random.integer(copy, cells);
    const cell = random.integer(copy, cells - 1);
    return cell >= than ? cell + 1 : cell;
  };
  return {
    reset(copy, task) {
      const fixed = goalKind === 'episode' || goalKind === 'none' ? -1 : (goals[task] as number);
      const cell = start === 'uniform' ? otherCell(copy, fixed) : world.start;
      const goal = goalKind === 'episode' ? otherCell(copy, cell) : fixed;
      state[copy * GRID_STATE] = cell;
      state[copy * GRID_STATE + 1] = goal;
      shown.show(cell, -1, observation, copy * size);
      if (visibleGoal) shown.show(goal, -1, observation, copy * size + shown.size);
    },
    step(copy, _, actions) {
      let action = actions[copy] as number;
      if (slip > 0 && random.uniform(copy) < slip) action = random.integer(copy, 4);
      const cell = state[copy * GRID_STATE] as number;
      const next = moves[cell * steps + action] as number;
      state[copy * GRID_STATE] = next;
      shown.show(next, cell, observation, copy * size);
      const goal = state[copy * GRID_STATE + 1] as number;
      reward[copy] = rewardOf(next, goal);
      return next === goal ? arrived : Outcome.ongoing;
    },
  };
}
