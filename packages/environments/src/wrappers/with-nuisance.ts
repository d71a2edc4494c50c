import { type ControlDistribution, requireInteger, requireOneOf } from '@tasklearn/core';
import { StepRandom } from '../vectorised/step-random.js';
import { changeObservation } from './change-observation.js';

/** Options of {@link withNuisance}. */
export interface NuisanceOptions {
  /** Numbers appended to the observation, >= 1. */
  readonly size: number;
  /** How long they stay: as long as the environment, which is a task's in each of its copies; an episode; or a step. */
  readonly hold: 'task' | 'episode' | 'step';
}

/**
 * Appends numbers from U(-1, 1) that have nothing to do with the task: another tool, another background. With `hold: 'step'`
 * it is a television that shows noise.
 *
 * @throws `INVALID_OPTION`.
 */
export function withNuisance(base: ControlDistribution, options: NuisanceOptions): ControlDistribution {
  const extra = requireInteger('withNuisance', options, 'size');
  const hold = requireOneOf('withNuisance', options, 'hold', ['task', 'episode', 'step']);
  const width = base.spec.observation.shape[0] ?? 1;
  const size = width + extra;
  return changeObservation(base, {
    name: 'nuisance',
    size,
    baseAt: 0,
    unbounded: true,
    writer(tasks, copiesPerTask, rng) {
      const random = new StepRandom(rng, tasks.length * copiesPerTask);
      const begun = new Uint8Array(tasks.length * copiesPerTask);
      return {
        write(observation, copy, first, into) {
          into.set(observation.subarray(copy * width, (copy + 1) * width), copy * size);
          if (hold !== 'step' && begun[copy] === 1 && !(hold === 'episode' && first)) return;
          begun[copy] = 1;
          for (let index = 0; index < extra; index += 1)
            into[copy * size + width + index] = 2 * random.uniform(copy) - 1;
        },
        state: [random.keys, random.counters, begun],
      };
    },
  });
}
