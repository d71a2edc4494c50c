import type { ControlTask, ReferencePolicy, Rng, TimeSteps } from '@tasklearn/core';

/** A policy of one copy with discrete actions. */
export interface CopyPolicy {
  /** Episode 0 begins a new trial: everything learnt is to be forgotten. */
  beginEpisode?(episode: number): void;
  /** The index of an action. */
  act(steps: TimeSteps, copy: number): number;
  /** What came of the action. */
  observe?(action: number, steps: TimeSteps, copy: number): void;
}

/** A reference policy for all copies out of one for each. */
export function copyPolicies(
  tasks: readonly ControlTask[],
  copiesPerTask: number,
  rng: Rng,
  make: (task: ControlTask, rng: Rng) => CopyPolicy,
): ReferencePolicy {
  const policies = tasks.flatMap((task, index) =>
    Array.from({ length: copiesPerTask }, (_, copy) => make(task, rng.split(index * copiesPerTask + copy))),
  );
  const actions = new Float32Array(policies.length);
  return {
    beginEpisode(episode, which) {
      for (const [copy, policy] of policies.entries())
        if (which === undefined || which[copy] === 1) policy.beginEpisode?.(episode);
    },
    act(steps) {
      for (const [copy, policy] of policies.entries())
        if (steps.stepType[copy] !== 2) actions[copy] = policy.act(steps, copy);
      return actions.slice();
    },
    observe(taken, steps, active) {
      for (const [copy, policy] of policies.entries())
        if (active[copy] === 1) policy.observe?.(taken[copy] as number, steps, copy);
    },
  };
}

/** A reference that takes every action equally often. */
export function uniformReference(actions: number) {
  return (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): ReferencePolicy =>
    copyPolicies(tasks, copiesPerTask, rng, (_, stream) => ({ act: () => stream.integer(actions) }));
}
