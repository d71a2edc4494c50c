import { type ControlDistribution, requireNonNegative } from '@tasklearn/core';
import { actionSizeOf, discreteActions } from '../vectorised/check-actions.js';
import { StepRandom } from '../vectorised/step-random.js';
import { wrappedEnvironment } from './wrapped-environment.js';

/**
 * Disturbs actions before they act: for measuring how robust a policy is. A discrete action is replaced by a random one with
 * chance `strength`; to a continuous one normal noise is added, of that share of half its range (1 where it has no limits).
 *
 * @param strength - >= 0, and <= 1 for discrete actions.
 * @throws `INVALID_OPTION`.
 */
export function perturbActions(base: ControlDistribution, strength: number): ControlDistribution {
  requireNonNegative('perturbActions', { strength }, 'strength');
  const { minimum = -1, maximum = 1 } = base.spec.action;
  const { reward, recordableReward, ...rest } = base; // They would be told an action that was not taken.
  return {
    ...rest,
    id: `${base.id} (perturbed)`,
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = base.createEnvironment(tasks, copiesPerTask, rng);
      const random = new StepRandom(rng.split('perturbation'), environment.copies);
      const count = discreteActions(base.spec);
      const size = actionSizeOf(base.spec);
      const taken = new Float32Array(environment.copies * size);
      const disturb = (copy: number, action: number) => {
        if (count === 0) return action + (strength * (maximum - minimum) * random.gaussian(copy)) / 2;
        return random.uniform(copy) < strength ? random.integer(copy, count) : action;
      };
      return wrappedEnvironment(environment, environment.spec, {
        show: (steps) => steps,
        actions(actions, active) {
          if (actions.length !== taken.length) return actions; // Refused by the environment.
          for (let index = 0; index < taken.length; index += 1) {
            const copy = Math.floor(index / size);
            if (active === undefined || active[copy] === 1)
              taken[index] = disturb(copy, actions[index] as number);
          }
          return taken;
        },
        state: [random.keys, random.counters],
      });
    },
  };
}
