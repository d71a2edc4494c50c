import { type Rng, requireInRange, requireInteger, requireOneOf } from '@tasklearn/core';
import { type FieldLayout, readField } from '../field-layout.js';
import type { Relabel, RelabelDraw, RewardOfTasks } from './relabel.js';
import { setRewards, transitionsOf } from './relabel-goals.js';

/** How tasks are relabelled. */
export interface RelabelTasksOptions {
  /**
   * Which task a step is given: any (`random`), or one under which its episode brings a high return (`high-reward`).
   * Default `high-reward`.
   */
  readonly strategy?: 'random' | 'high-reward';
  /** Tasks to choose from. */
  readonly tasks: number;
  /** Rewards of transitions under given tasks. Not to be negated: it is the reward itself. */
  readonly reward: RewardOfTasks;
  /** Of the softmax over returns under `high-reward`; 0, the default, takes the largest. */
  readonly temperature?: number;
  /** Relabelled steps per original one, k ≥ 0. Default 1. */
  readonly relabelledPerOriginal?: number;
  /** Probability that a step is relabelled. Default 1 − 1/(1 + k). */
  readonly probability?: number;
  /** Writes the descriptor of a task into a row, where rows hold one. */
  readonly describe?: (row: Float32Array, task: number) => void;
}

/**
 * Return of a trajectory under each task, Σ_t r_j(s_t, a_t).
 *
 * @param rows - [L * F].
 * @returns [tasks].
 */
export function returnsOfTasks(
  layout: FieldLayout,
  rows: Float32Array,
  tasks: number,
  reward: RewardOfTasks,
): Float64Array {
  const transitions = transitionsOf(layout, rows);
  const length = rows.length / layout.size;
  return Float64Array.from({ length: tasks }, (_, task) => {
    const rewards = reward(transitions, new Int32Array(length).fill(task));
    return rewards.reduce((sum, value) => sum + value, 0);
  });
}

/** A task by softmax(returns / temperature), or one of those with the largest return. */
export function chooseTask(returns: ArrayLike<number>, temperature: number, rng: Rng): number {
  const values = Array.from(returns);
  const largest = Math.max(...values);
  const weights = values.map((value) =>
    temperature > 0 ? Math.exp((value - largest) / temperature) : Number(value === largest),
  );
  let mass = rng.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    mass -= weight;
    return mass < 0;
  });
  return found === -1 ? weights.lastIndexOf(Math.max(...weights)) : found;
}

/** Returns of the drawn episodes, computed once for each. */
function returnsByEpisode(
  tasks: number,
  reward: RewardOfTasks,
): (draw: RelabelDraw, slot: number) => Float64Array {
  const known = new Map<number, { readonly episode: number; readonly returns: Float64Array }>();
  return (draw, slot) => {
    const episode = draw.episode(slot);
    const found = known.get(slot);
    if (found?.episode === episode) return found.returns;
    const length = draw.length(slot);
    const rows = new Float32Array(length * draw.layout.size);
    for (let time = 0; time < length; time += 1) rows.set(draw.rowAt(slot, time), time * draw.layout.size);
    const returns = returnsOfTasks(draw.layout, rows, tasks, reward);
    known.set(slot, { episode, returns });
    return returns;
  };
}

/**
 * Relabelling of tasks: a step is given another task and the reward that it brings there. Batches then hold rows of
 * other tasks in the place of their own.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Kaelbling. Learning to Achieve Goals. IJCAI 1993; Li, Pinto, Abbeel. Generalized Hindsight for Reinforcement
 * Learning. NeurIPS 2020. arXiv:2002.11708.
 */
export function relabelTasks(options: RelabelTasksOptions): Relabel {
  const { strategy = 'high-reward', tasks, reward, temperature = 0, describe } = options;
  const { relabelledPerOriginal: k = 1 } = options;
  const owner = 'relabelTasks';
  requireOneOf(owner, { strategy }, 'strategy', ['random', 'high-reward']);
  requireInteger(owner, { tasks }, 'tasks');
  requireInRange(owner, { temperature }, 'temperature', 0, Number.MAX_VALUE);
  requireInRange(owner, { relabelledPerOriginal: k }, 'relabelledPerOriginal', 0, Number.MAX_VALUE);
  const { probability = 1 - 1 / (1 + k) } = options;
  requireInRange(owner, { probability }, 'probability', 0, 1);
  const returnsOf = returnsByEpisode(tasks, reward);
  return (draw, rng) => {
    const { layout, rows } = draw;
    const changed: number[] = [];
    for (let item = 0; item < draw.slots.length; item += 1) {
      if (rng.next() >= probability) continue;
      const task =
        strategy === 'random'
          ? rng.integer(tasks)
          : chooseTask(returnsOf(draw, draw.slots[item] as number), temperature, rng);
      draw.tasks[item] = task;
      describe?.(rows.subarray(item * layout.size, (item + 1) * layout.size), task);
      changed.push(item);
    }
    setRewards(draw, changed, reward);
  };
}

/** A trajectory under another task. */
export interface RelabelledTrajectory {
  readonly task: number;
  /** [L * F]. */
  readonly rows: Float32Array;
  /** |return| + ε. */
  readonly priority: number;
}

/** How whole trajectories are relabelled when they are stored. */
export interface RelabelTrajectoryOptions extends Omit<RelabelTasksOptions, 'strategy' | 'probability'> {
  /** `all` gives the trajectory to every task. Default `high-reward`. */
  readonly strategy?: 'random' | 'high-reward' | 'all';
  /** ε of the priority |return| + ε, > 0. Default 0.01. */
  readonly smallest?: number;
}

/**
 * A trajectory as one of other tasks, to be stored with the priority |return| + ε. Without the priorities, giving every
 * trajectory to all tasks fills the buffer with rewards of zero.
 *
 * @param rows - [L * F].
 * @returns k trajectories, or one for every task under `all`.
 */
export function relabelTrajectory(
  layout: FieldLayout,
  rows: Float32Array,
  options: RelabelTrajectoryOptions,
  rng: Rng,
): readonly RelabelledTrajectory[] {
  const { strategy = 'high-reward', tasks, temperature = 0, relabelledPerOriginal: k = 1 } = options;
  requireOneOf('relabelTrajectory', { strategy }, 'strategy', ['random', 'high-reward', 'all']);
  const returns =
    strategy === 'high-reward' ? returnsOfTasks(layout, rows, tasks, options.reward) : new Float64Array();
  const choose = (index: number) => {
    if (strategy === 'all') return index;
    return strategy === 'random' ? rng.integer(tasks) : chooseTask(returns, temperature, rng);
  };
  return Array.from({ length: strategy === 'all' ? tasks : k }, (_, index) =>
    trajectoryUnder(layout, rows, choose(index), options),
  );
}

function trajectoryUnder(
  layout: FieldLayout,
  rows: Float32Array,
  task: number,
  { reward, describe, smallest = 0.01 }: RelabelTrajectoryOptions,
): RelabelledTrajectory {
  const relabelled = rows.slice();
  const length = rows.length / layout.size;
  const tasks = new Int32Array(length).fill(task);
  for (let time = 0; time < length; time += 1)
    describe?.(relabelled.subarray(time * layout.size, (time + 1) * layout.size), task);
  const every = Array.from({ length }, (_, time) => time);
  setRewards({ layout, rows: relabelled, tasks }, every, reward);
  const total = readField(layout, relabelled, 'reward').reduce((sum, value) => sum + value, 0);
  return { task, rows: relabelled, priority: Math.abs(total) + smallest };
}
