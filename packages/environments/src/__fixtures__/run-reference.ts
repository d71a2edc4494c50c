import type { ControlDistribution, ControlTask, Rng } from '@tasklearn/core';

/** What one copy's episode came to. */
export interface ReferenceEpisode {
  readonly return: number;
  readonly success: boolean;
  readonly length: number;
}

/**
 * Runs a reference policy for whole episodes of tasks with one copy each: for tests and recorded levels.
 *
 * @returns [episodes][tasks].
 */
export function runReference(
  distribution: ControlDistribution,
  name: string,
  tasks: readonly ControlTask[],
  episodes: number,
  rng: Rng,
): ReferenceEpisode[][] {
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  const policy = distribution.references?.[name]?.(tasks, 1, rng.split('policy'));
  if (policy === undefined) throw new Error(`no reference ${name}`);
  const results: ReferenceEpisode[][] = [];
  for (let episode = 0; episode < episodes; episode += 1) {
    let steps = environment.reset();
    policy.beginEpisode?.(episode);
    const active = new Uint8Array(tasks.length).fill(1);
    const result = tasks.map(() => ({ return: 0, success: false, length: 0 }));
    while (active.includes(1)) {
      steps = environment.step(policy.act(steps), active);
      for (let copy = 0; copy < tasks.length; copy += 1) {
        const own = result[copy];
        if (active[copy] === 0 || own === undefined) continue;
        own.return += steps.reward[copy] as number;
        own.length += 1;
        own.success ||= steps.success[copy] === 1;
        if (steps.stepType[copy] === 2) active[copy] = 0;
      }
    }
    results.push(result);
  }
  environment.dispose();
  return results;
}

/** The `count` first tasks of a split. */
export function firstTasks(
  distribution: ControlDistribution,
  split: 'train' | 'validation' | 'test',
  count: number,
  rng: Rng,
): ControlTask[] {
  return Array.from({ length: count }, (_, index) => distribution.task(split, index, rng));
}

/** Mean of numbers. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
