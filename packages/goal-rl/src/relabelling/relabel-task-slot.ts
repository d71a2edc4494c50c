import {
  type ControlDistribution,
  type ControlTask,
  type GoalLayout,
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
}

/** What each task's environment shows of the task: its desired slice, [tasks][G]. */
function descriptors(
  distribution: ControlDistribution,
  tasks: readonly ControlTask[],
  { desired, size }: GoalLayout,
  rng: Rng,
): Float32Array[] {
  const environment = distribution.createEnvironment(tasks, 1, rng);
  const { observation } = environment.reset();
  const width = observationSizeOf(distribution.spec);
  const found = tasks.map((_, task) =>
    observation.slice(task * width + desired, task * width + desired + size),
  );
  environment.dispose();
  return found;
}

/** Writes a task's descriptor into both observations of a row. */
function describer(fields: FieldLayout, { desired }: GoalLayout, known: readonly Float32Array[]) {
  const [from, to] = [placeOf(fields, 'observation').offset, placeOf(fields, 'next').offset];
  return (row: Float32Array, task: number) => {
    row.set(known[task] as Float32Array, from + desired);
    row.set(known[task] as Float32Array, to + desired);
  };
}

/**
 * Trajectories stored for other tasks too, with the rewards that those would have brought. Needs finitely many training
 * tasks that share their dynamics; where observations hold a descriptor of the task (the desired slice), it is exchanged.
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
  if (strategy === 'none') return () => ({});
  return ({ distribution, spec, tasks, fields, offPolicy, rng }) => {
    requireRelabelling(name, distribution, { offPolicy });
    const { goal } = spec;
    const describe =
      goal === undefined
        ? undefined
        : describer(fields, goal, descriptors(distribution, tasks, goal, rng.split('descriptors')));
    const settings = {
      strategy,
      tasks: tasks.length,
      reward: rewardOfTasks(distribution, tasks),
      smallest,
      ...(describe === undefined ? {} : { describe }),
    };
    const priorityOf = (rows: Float32Array) => {
      if (!options.prioritised) return 1;
      const { offset } = placeOf(fields, 'reward');
      let sum = 0;
      for (let at = offset; at < rows.length; at += fields.size) sum += rows[at] as number;
      return Math.abs(sum) + smallest;
    };
    return {
      onStore(rows, task, stream) {
        const others = relabelTrajectory(fields, rows, settings, stream).filter(
          (other) => strategy !== 'all' || other.task !== task,
        );
        const all = [{ task, rows }, ...others];
        return all.map((each) => ({ task: each.task, rows: each.rows, priority: priorityOf(each.rows) }));
      },
    };
  };
}
