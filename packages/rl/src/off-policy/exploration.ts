import { type ControlSpec, type Rng, requireInRange, requireNonNegative } from '@tasklearn/core';
import { actionLimits } from '../policies/action-limits.js';
import { discreteActionsOf } from '../policies/policy-for.js';

/** How actions are changed while training, beside what the policy itself draws. */
export interface ExplorationOptions {
  /** ε: probability that a copy's action is drawn uniformly from all actions. Default 0. */
  readonly randomActions?: number;
  /** ε at the start, from which it falls linearly. Default: as `randomActions`. */
  readonly firstRandomActions?: number;
  /** Environment steps over which it falls. Default 0. */
  readonly randomActionsSteps?: number;
  /** σ of Gaussian noise on continuous actions, in units of the reach. Default 0. */
  readonly noise?: number;
}

/** Changes the actions of all copies in place. */
export type Explore = (actions: Float32Array, step: number, rng: Rng) => void;

/** Uniform actions for all copies, in place: indices, or numbers within the limits. */
export function randomActions(spec: ControlSpec): (actions: Float32Array, rng: Rng) => void {
  const draw = randomNumber(spec);
  return (actions, rng) => {
    for (let index = 0; index < actions.length; index += 1) actions[index] = draw(rng);
  };
}

function randomNumber(spec: ControlSpec): (rng: Rng) => number {
  const count = discreteActionsOf(spec);
  if (count !== undefined) return (rng) => rng.integer(count);
  const { centre, reach } = actionLimits(spec.action);
  return (rng) => centre + reach * (2 * rng.next() - 1);
}

/** ε after so many environment steps. */
export function randomActionsAt(options: ExplorationOptions, step: number): number {
  const {
    randomActions: last = 0,
    firstRandomActions: first = last,
    randomActionsSteps: steps = 0,
  } = options;
  if (step >= steps) return last;
  return first + ((last - first) * step) / steps;
}

/**
 * Gaussian noise, then with probability ε a uniform action instead, copy by copy.
 *
 * @throws `INVALID_OPTION`.
 */
export function explorationOf(owner: string, spec: ControlSpec, options: ExplorationOptions): Explore {
  const { randomActions: last = 0, firstRandomActions = last, randomActionsSteps = 0, noise = 0 } = options;
  requireInRange(owner, { randomActions: last }, 'randomActions', 0, 1);
  requireInRange(owner, { firstRandomActions }, 'firstRandomActions', 0, 1);
  requireNonNegative(owner, { randomActionsSteps }, 'randomActionsSteps');
  requireNonNegative(owner, { noise }, 'noise');
  const draw = randomNumber(spec);
  const discrete = discreteActionsOf(spec) !== undefined;
  const size = discrete ? 1 : (spec.action.shape[0] ?? 1);
  const { centre, reach } = discrete ? { centre: 0, reach: 1 } : actionLimits(spec.action);
  const bounded = (action: number) => Math.min(Math.max(action, centre - reach), centre + reach);
  return (actions, step, rng) => {
    const epsilon = randomActionsAt(options, step);
    for (let copy = 0; copy < actions.length / size; copy += 1) {
      const random = epsilon > 0 && rng.next() < epsilon;
      for (let index = copy * size; index < (copy + 1) * size; index += 1) {
        if (random) actions[index] = draw(rng);
        else if (noise > 0 && !discrete)
          actions[index] = bounded((actions[index] as number) + noise * reach * rng.gaussian());
      }
    }
  };
}
