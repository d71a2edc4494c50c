import {
  type ControlTask,
  createRng,
  type Executor,
  type GoalLayout,
  type HostTensor,
  type Transitions,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { demand } from '../check.js';
import { type EnvironmentSubject, sizesOf, type Transition, transitionsOf } from './walk.js';

const TOLERANCE = 1e-5;

/** Transitions of each task. */
function byTask(subject: EnvironmentSubject): Map<ControlTask, Transition[]> {
  const groups = new Map<ControlTask, Transition[]>();
  for (const transition of transitionsOf(subject)) {
    const group = groups.get(transition.task) ?? [];
    group.push(transition);
    groups.set(transition.task, group);
  }
  return groups;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const size = parts[0]?.length ?? 0;
  const all = new Float32Array(parts.length * size);
  for (const [at, part] of parts.entries()) all.set(part, at * size);
  return all;
}

const batch = (transitions: readonly Transition[]): Transitions => ({
  observation: joined(transitions.map(({ observation }) => observation)),
  action: joined(transitions.map(({ action }) => action)),
  next: joined(transitions.map(({ next }) => next)),
});

function demandClose(
  what: string,
  expected: ArrayLike<number>,
  received: ArrayLike<number>,
  tolerance: number,
): void {
  demand(
    received.length === expected.length,
    `${what}: expected ${expected.length} rewards, got ${received.length}.`,
  );
  for (let at = 0; at < expected.length; at += 1) {
    const [a, b] = [expected[at] as number, received[at] as number];
    demand(
      Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a)), // Written so that NaN fails.
      `${what}: transition ${at} has reward ${a} and ${b}.`,
      { at, expected: a, received: b },
    );
  }
}

/** That the reward of a transition, asked for later, is what the step gave. */
export function demandRewardOffline(subject: EnvironmentSubject): void {
  const { distribution } = subject;
  for (const [task, transitions] of byTask(subject))
    demandClose(
      `${distribution.id}: reward of '${task.id}' when stepping and off-line`,
      transitions.map(({ reward }) => reward),
      distribution.reward?.(task, batch(transitions)) ?? [],
      TOLERANCE,
    );
}

/** That the law over tensors is that over arrays, run eagerly and compiled. */
export async function demandRewardRecordable(
  subject: EnvironmentSubject,
  executors: readonly Executor[],
): Promise<void> {
  const { distribution } = subject;
  const sizes = sizesOf(distribution.spec);
  const discrete = distribution.spec.action.dtype === 'int32';
  for (const [task, transitions] of byTask(subject)) {
    const { observation, action, next } = batch(transitions);
    const host = (data: Float32Array, size: number): HostTensor => ({
      dtype: 'float32',
      shape: [transitions.length, size],
      data,
    });
    const indices = { dtype: 'int32', shape: [transitions.length], data: Int32Array.from(action) } as const;
    const input = {
      observation: host(observation, sizes.observation),
      action: discrete ? indices : host(action, sizes.action),
      next: host(next, sizes.observation),
    };
    for (const executor of executors) {
      const prepared = executor.prepare(
        (given: { observation: Tensor; action: Tensor; next: Tensor }) =>
          distribution.recordableReward?.(task, given.observation, given.action, given.next) as Tensor,
        { name: 'recordable reward' },
      );
      const { data } = await prepared.run(input, createRng(0));
      prepared.dispose();
      demandClose(
        `${distribution.id}: recordable reward of '${task.id}', ${executor.name}`,
        transitions.map(({ reward }) => reward),
        data,
        1e-4,
      );
    }
  }
}

/** A copy of `base` with a slice of `from` put at `to`. */
function withGoal(
  base: Float32Array,
  to: number,
  from: Float32Array,
  at: number,
  size: number,
): Float32Array {
  const changed = base.slice();
  changed.set(from.subarray(at, at + size), to);
  return changed;
}

/**
 * The law of goal-conditioned tasks: reward = f(achieved, desired), and nothing else. So whatever else is in a
 * transition may be exchanged for another's, and a goal that was just reached is rewarded no less than another.
 */
export function demandGoalLaw(subject: EnvironmentSubject, goal: GoalLayout): void {
  const { distribution } = subject;
  const { size, achieved, desired } = goal;
  const rewardOf = (task: ControlTask, transitions: readonly Transition[]) =>
    distribution.reward?.(task, batch(transitions)) ?? new Float32Array(0);
  const groups = byTask(subject);
  const any = subject.tasks[0] as ControlTask;
  for (const [task, transitions] of groups) {
    for (const { observation, next } of transitions)
      demand(
        observation.slice(desired, desired + size).every((value, at) => value === next[desired + at]),
        `${distribution.id}: the desired goal must stay what it is within an episode.`,
      );
    const rewards = rewardOf(task, transitions);
    if (!distribution.varies.includes('reward'))
      demandClose(
        `${distribution.id}: goals are read from observations, whatever the task`,
        rewards,
        rewardOf(any, transitions),
        TOLERANCE,
      );
    const exchanged = transitions.map((own, index): Transition => {
      const other = transitions[(index + 7) % transitions.length] as Transition;
      const next = withGoal(other.next, desired, own.next, desired, size);
      return {
        ...own,
        observation: withGoal(other.observation, desired, own.next, desired, size),
        action: other.action,
        next: withGoal(next, achieved, own.next, achieved, size),
      };
    });
    demandClose(
      `${distribution.id}: reward = f(achieved, desired) in '${task.id}'`,
      rewards,
      rewardOf(task, exchanged),
      TOLERANCE,
    );
    const reached = transitions.map(
      (own): Transition => ({
        ...own,
        observation: withGoal(own.observation, desired, own.next, achieved, size),
        next: withGoal(own.next, desired, own.next, achieved, size),
      }),
    );
    const better = rewardOf(task, reached);
    const at = rewards.findIndex((reward, index) => !((better[index] as number) >= reward - TOLERANCE));
    demand(
      at === -1,
      `${distribution.id}: a goal that is reached must be rewarded no less than another, got ${better[at]} and ${rewards[at]}.`,
    );
  }
}
