import type { ControlDistribution, ControlTask, Rng, TimeSteps } from '@tasklearn/core';
import { actionSizeOf, type FieldLayout, observationSizeOf, placeOf } from '@tasklearn/rl';

/** Episodes as rows of a replay. */
export interface Trajectories {
  /** [L * F] of each copy. */
  readonly rows: readonly Float32Array[];
  /** Sum of rewards of each copy. */
  readonly returns: Float64Array;
  /** 1 where success was reached at any step, [E]. */
  readonly successes: Uint8Array;
  /** Steps of all copies together. */
  readonly steps: number;
}

/** What {@link collectTrajectories} needs. */
export interface CollectOptions {
  readonly distribution: ControlDistribution;
  /** One copy each. */
  readonly tasks: readonly ControlTask[];
  /** z of each copy, [E * Z]. */
  readonly codes: Float32Array;
  readonly fields: FieldLayout;
  /** Decides for all copies. */
  readonly act: (steps: TimeSteps, rng: Rng) => Promise<Float32Array>;
  /** Told what came of the actions of the copies where `active` is 1. */
  readonly observe?: (actions: Float32Array, steps: TimeSteps, active: Uint8Array) => void;
  readonly rng: Rng;
}

/** Where the fields of a row lie. */
function placesOf(fields: FieldLayout) {
  const at = (name: string) => placeOf(fields, name).offset;
  return {
    observation: at('observation'),
    action: at('action'),
    reward: at('reward'),
    next: at('next'),
    discount: at('discount'),
    code: fields.fields.context?.offset ?? -1,
  };
}

/**
 * One episode of each task, in an environment of its own: what happens depends on the tasks, the policy and `rng`'s
 * key alone, so that nothing of it needs saving.
 */
export async function collectTrajectories(options: CollectOptions): Promise<Trajectories> {
  const { distribution, tasks, codes, fields, act, rng } = options;
  const { spec } = distribution;
  const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
  const [observationSize, actionSize] = [observationSizeOf(spec), actionSizeOf(spec)];
  const codeSize = codes.length / tasks.length;
  const at = placesOf(fields);
  const copies = tasks.length;
  const rows = tasks.map(() => new Float32Array(spec.horizon * fields.size));
  const lengths = new Int32Array(copies);
  const returns = new Float64Array(copies);
  const successes = new Uint8Array(copies);
  const active = new Uint8Array(copies).fill(1);
  try {
    let steps: TimeSteps = environment.reset();
    for (let time = 0; active.includes(1); time += 1) {
      const before = steps.observation.slice();
      const actions = await act(steps, rng.split('act').split(time));
      steps = environment.step(actions, active);
      options.observe?.(actions, steps, active);
      for (let copy = 0; copy < copies; copy += 1) {
        if (active[copy] === 0) continue;
        const row = (rows[copy] as Float32Array).subarray(time * fields.size, (time + 1) * fields.size);
        row.set(before.subarray(copy * observationSize, (copy + 1) * observationSize), at.observation);
        row.set(actions.subarray(copy * actionSize, (copy + 1) * actionSize), at.action);
        row.set(steps.observation.subarray(copy * observationSize, (copy + 1) * observationSize), at.next);
        row[at.reward] = steps.reward[copy] as number;
        row[at.discount] = steps.discount[copy] as number;
        if (at.code >= 0) row.set(codes.subarray(copy * codeSize, (copy + 1) * codeSize), at.code);
        returns[copy] = (returns[copy] as number) + (steps.reward[copy] as number);
        lengths[copy] = time + 1;
        if (steps.success[copy] === 1) successes[copy] = 1;
        if (steps.stepType[copy] === 2) active[copy] = 0;
      }
    }
  } finally {
    environment.dispose();
  }
  return {
    rows: rows.map((all, copy) => all.slice(0, (lengths[copy] as number) * fields.size)),
    returns,
    successes,
    steps: lengths.reduce((sum, length) => sum + length, 0),
  };
}
