import {
  type ControlDistribution,
  type ControlTask,
  TasklearnError,
  type Transitions,
} from '@tasklearn/core';
import type { RewardOfTasks } from './relabel.js';

/** What a learner says of itself before it relabels. */
export interface RelabellingDemands {
  /** Whether its update may use experience of other policies. */
  readonly offPolicy: boolean;
  /** Lets an on-policy learner relabel all the same. Default false. */
  readonly allowOnPolicy?: boolean;
  /** Whether goals are relabelled, rather than tasks. Default false. */
  readonly goals?: boolean;
}

function refuse(owner: string, id: string, reason: string, details: object): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', `${owner}: relabelling on ${id}: ${reason}`, {
    distribution: id,
    ...details,
  });
}

/**
 * Checks that experience may be relabelled: the reward can be computed off-line, the tasks share their dynamics and
 * actions, and the learner is off-policy.
 *
 * @throws `UNSUPPORTED_TASK`, with `details.precondition` one of `reward`, `dynamics`, `offPolicy`, `goals`.
 */
export function requireRelabelling(
  owner: string,
  distribution: ControlDistribution,
  { offPolicy, allowOnPolicy = false, goals = false }: RelabellingDemands,
): void {
  const { id, varies, spec } = distribution;
  if (distribution.reward === undefined) {
    throw refuse(owner, id, 'its reward is not a function of the transition. Train without relabelling.', {
      precondition: 'reward',
    });
  }
  const differs = varies.find((what) => what === 'dynamics' || what === 'actions' || what === 'states');
  if (differs !== undefined) {
    const reason = `its tasks differ in ${differs}, so that a transition of one never happens in another.`;
    throw refuse(owner, id, reason, { precondition: 'dynamics', varies });
  }
  if (goals && spec.goal === undefined) {
    throw refuse(owner, id, 'it has no goals. Relabel tasks instead.', { precondition: 'goals' });
  }
  if (!offPolicy && !allowOnPolicy) {
    const reason =
      'the learner is on-policy: relabelled steps are not its own. Set `allowOnPolicy` to do so anyway.';
    throw refuse(owner, id, reason, { precondition: 'offPolicy' });
  }
}

/**
 * Rewards of transitions under any of a distribution's tasks, by `ControlDistribution.reward`, one call per task.
 *
 * @throws `UNSUPPORTED_TASK` if the distribution has no off-line reward; `SHAPE_MISMATCH` for a task that is not listed.
 */
export function rewardOfTasks(
  distribution: ControlDistribution,
  tasks: readonly ControlTask[],
): RewardOfTasks {
  if (distribution.reward === undefined) {
    throw refuse('rewardOfTasks', distribution.id, 'its reward is not a function of the transition.', {
      precondition: 'reward',
    });
  }
  const reward = distribution.reward.bind(distribution);
  return (transitions, which) => {
    const rewards = new Float32Array(which.length);
    for (const task of new Set(which)) {
      const chosen: number[] = [];
      which.forEach((other, item) => {
        if (other === task) chosen.push(item);
      });
      const found = reward(taskAt(tasks, task), chooseItems(transitions, chosen, which.length));
      chosen.forEach((item, index) => {
        rewards[item] = found[index] as number;
      });
    }
    return rewards;
  };
}

function taskAt(tasks: readonly ControlTask[], index: number): ControlTask {
  const task = tasks[index];
  if (task !== undefined) return task;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `rewardOfTasks: there is no task ${index} among ${tasks.length}.`,
    {
      received: index,
      expected: tasks.length,
    },
  );
}

function chooseItems(transitions: Transitions, chosen: readonly number[], count: number): Transitions {
  if (chosen.length === count) return transitions;
  const pick = (values: Float32Array) => {
    const size = values.length / count;
    const picked = new Float32Array(chosen.length * size);
    chosen.forEach((item, index) => {
      picked.set(values.subarray(item * size, (item + 1) * size), index * size);
    });
    return picked;
  };
  return {
    observation: pick(transitions.observation),
    action: pick(transitions.action),
    next: pick(transitions.next),
  };
}
