import { TasklearnError } from '@tasklearn/core';
import type { Acted, Actor } from '../roll-outs/actor.js';

/**
 * A mixture of policies: a component is drawn when an episode begins and kept to its end, so that the states visited are
 * distributed as the mean of what the components visit (which a mixture per step is not).
 *
 * @param components - all asked at every step, for all copies.
 * @param weights - of the components, summing to 1. Default equal.
 * @param actionSize - A; 1 where actions are indices.
 * @throws `INVALID_OPTION` if there is no component, or weights do not fit.
 */
export function mixtureActor(
  components: readonly Actor[],
  weights: readonly number[] = components.map(() => 1 / components.length),
  actionSize = 1,
): Actor {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (components.length === 0 || weights.length !== components.length || Math.abs(total - 1) > 1e-6) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `mixtureActor: expected one weight per component, summing to 1, got ${components.length} components and [${weights.join(', ')}].`,
      { components: components.length, weights },
    );
  }
  let chosen: Int32Array | undefined;
  return async (steps, rng) => {
    const copies = steps.stepType.length;
    chosen ??= new Int32Array(copies);
    const draws = rng.split('component');
    for (let copy = 0; copy < copies; copy += 1) {
      const draw = draws.next();
      if (steps.stepType[copy] === 0) chosen[copy] = indexOf(weights, draw);
    }
    const all: Acted[] = [];
    for (const [index, component] of components.entries()) all.push(await component(steps, rng.split(index)));
    const actions = new Float32Array(copies * actionSize);
    for (let copy = 0; copy < copies; copy += 1) {
      const from = all[chosen[copy] as number]?.actions.subarray(copy * actionSize, (copy + 1) * actionSize);
      actions.set(from as Float32Array, copy * actionSize);
    }
    return { actions };
  };
}

/** Where a number in [0, 1) falls among weights laid end to end. */
function indexOf(weights: readonly number[], draw: number): number {
  let below = 0;
  for (let index = 0; index < weights.length - 1; index += 1) {
    below += weights[index] as number;
    if (draw < below) return index;
  }
  return weights.length - 1;
}
