import type { ControlSpec, ReferencePolicy, Rng } from '@tasklearn/core';
import { actionSizeOf, discreteActions } from '../vectorised/check-actions.js';
import { StepRandom } from '../vectorised/step-random.js';
import type { ReferenceFactory } from './continuous-distribution.js';

/** Actions drawn uniformly from all there are: the lowest reference line. */
export function randomReference(spec: ControlSpec): ReferenceFactory {
  const size = actionSizeOf(spec);
  const discrete = discreteActions(spec);
  const { minimum = -1, maximum = 1 } = spec.action;
  return (tasks, copiesPerTask, rng: Rng): ReferencePolicy => {
    const copies = tasks.length * copiesPerTask;
    const random = new StepRandom(rng, copies);
    const actions = new Float32Array(copies * size);
    return {
      act() {
        for (let index = 0; index < actions.length; index += 1) {
          const copy = Math.floor(index / size);
          actions[index] =
            discrete > 0
              ? random.integer(copy, discrete)
              : minimum + (maximum - minimum) * random.uniform(copy);
        }
        return actions;
      },
    };
  };
}
