import {
  type ControlDistribution,
  type ControlTask,
  type Rng,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';
import {
  type FieldLayout,
  observationSizeOf,
  placeOf,
  relabelTrajectory,
  requireRelabelling,
  rewardOfTasks,
} from '@tasklearn/rl';
import type { Relabelling, SlotContext } from '../learners/goal-slots.js';

/** How experience is given to other tasks; JSON. */
export interface TaskRelabellingOptions {
  /**
   * Which other task a trajectory is stored for: none, a `random` one, the one with the `high-reward`, or `all`.
   */
  readonly strategy: 'none' | 'random' | 'high-reward' | 'all';
  /** Whether trajectories are drawn in proportion to |return| + ε; without it `all` fills the replay with zeros. */
  readonly prioritised: boolean;
  /** ε > 0. */
  readonly smallestPriority: number;
  /** Whether an episode ends at its first reward above 0: then trajectories do so under other tasks too. */
  readonly endsAtReward: boolean;
  /** Where observations describe the task, `[first, numbers]`; null for the goal, where there is one. */
  readonly descriptor: readonly [number, number] | null;
}

/** What each task's environment shows of the task, [tasks][G]. */
function descriptors(
  distribution: ControlDistribution,
  tasks: readonly ControlTask[],
  [first, size]: readonly [number, number],
  rng: Rng,
): Float32Array[] {
  const environment = distribution.createEnvironment(tasks, 1, rng);
  const { observation } = environment.reset();
  const width = observationSizeOf(distribution.spec);
  const found = tasks.map((_, task) => observation.slice(task * width + first, task * width + first + size));
  environment.dispose();
  return found;
}

/** Writes a task's descriptor into both observations of a row. */
function describer(fields: FieldLayout, first: number, known: readonly Float32Array[]) {
  const [from, to] = [placeOf(fields, 'observation').offset, placeOf(fields, 'next').offset];
  return (row: Float32Array, task: number) => {
    row.set(known[task] as Float32Array, from + first);
    row.set(known[task] as Float32Array, to + first);
  };
}

/** A trajectory up to its first reward above 0, where it terminates; all of it where there is none. */
function endedAtReward(fields: FieldLayout, rows: Float32Array): Float32Array {
  const [reward, discount] = [placeOf(fields, 'reward').offset, placeOf(fields, 'discount').offset];
  for (let row = 0; row < rows.length; row += fields.size) {
    if ((rows[row + reward] as number) <= 0) continue;
    const ended = rows.slice(0, row + fields.size);
    ended[row + discount] = 0;
    return ended;
  }
  return rows;
}

/** |return| + ε. */
function returnPriority(fields: FieldLayout, rows: Float32Array, smallest: number): number {
  const { offset } = placeOf(fields, 'reward');
  let sum = 0;
  for (let at = offset; at < rows.length; at += fields.size) sum += rows[at] as number;
  return Math.abs(sum) + smallest;
}

/** Trajectories stay with their task; priorities all the same, where they are asked for. */
function ownTaskOnly({ prioritised }: TaskRelabellingOptions, smallest: number) {
  return ({ fields }: SlotContext): Relabelling => {
    if (!prioritised) return {};
    return {
      onStore: (rows, task) => [{ task, rows, priority: returnPriority(fields, rows, smallest) }],
    };
  };
}

/**
 * Trajectories stored for other tasks too, with the rewards that those would have brought. Needs finitely many training
 * tasks that share their dynamics; where observations hold a descriptor of the task it is exchanged.
 *
 * @throws `UNSUPPORTED_TASK` where the reward is not known off-line or dynamics vary.
 * @see Kaelbling. Learning to Achieve Goals. IJCAI 1993.
 * @see Li, Pinto, Abbeel. Generalized Hindsight for Reinforcement Learning. NeurIPS 2020. arXiv:2002.11708.
 */
export function taskRelabelling(
  name: string,
  options: TaskRelabellingOptions,
): (context: SlotContext) => Relabelling {
  const strategy = requireOneOf(name, options, 'strategy', ['none', 'random', 'high-reward', 'all']);
  const smallest = requirePositive(name, options, 'smallestPriority');
  if (strategy === 'none') return ownTaskOnly(options, smallest);
  return ({ distribution, spec, tasks, fields, offPolicy, rng }) => {
    requireRelabelling(name, distribution, { offPolicy });
    const { goal } = spec;
    const place = options.descriptor ?? (goal === undefined ? null : ([goal.desired, goal.size] as const));
    const describe =
      place === null
        ? undefined
        : describer(fields, place[0], descriptors(distribution, tasks, place, rng.split('descriptors')));
    const settings = {
      strategy,
      tasks: tasks.length,
      reward: rewardOfTasks(distribution, tasks),
      smallest,
      ...(describe === undefined ? {} : { describe }),
    };
    const priorityOf = (rows: Float32Array) =>
      options.prioritised ? returnPriority(fields, rows, smallest) : 1;
    return {
      onStore(rows, task, stream) {
        const others = relabelTrajectory(fields, rows, settings, stream).filter(
          (other) => strategy !== 'all' || other.task !== task,
        );
        const ended = others.map((other) => ({
          task: other.task,
          rows: options.endsAtReward ? endedAtReward(fields, other.rows) : other.rows,
        }));
        return [{ task, rows }, ...ended].map((each) => ({ ...each, priority: priorityOf(each.rows) }));
      },
    };
  };
}
