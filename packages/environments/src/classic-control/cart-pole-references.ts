import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { linearise, linearQuadratic } from '../continuous/linear-quadratic.js';
import { stepCartPole } from './cart-pole-physics.js';
import { cartPoleBody, type DrivenCartPole } from './cart-pole-world.js';

/** The optimal linear feedback about upright: shares of the full force for x, ẋ, θ, θ̇. */
export function cartPoleGain(body: DrivenCartPole): readonly number[] {
  const step = (state: readonly number[], action: readonly number[]) => {
    const moved = Float64Array.from(state);
    stepCartPole(moved, 0, (action[0] as number) * body.force, body);
    return [...moved];
  };
  const cost = [0.1, 0.1, 10, 1];
  const { gain } = linearQuadratic({
    ...linearise(step, [0, 0, 0, 0], [0]),
    stateCost: cost.map((value, row) => cost.map((_, column) => (row === column ? value : 0))),
    actionCost: [[1]],
  });
  return gain[0] as readonly number[];
}

/** Is told the body: linear-quadratic feedback, or its sign where the force has no half measures. */
export const cartPoleOracle =
  (discrete: boolean): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const gains = tasks.map((task) => cartPoleGain(cartPoleBody(task.parameters)));
    const actions = new Float32Array(tasks.length * copiesPerTask);
    return {
      act({ observation }) {
        for (let copy = 0; copy < actions.length; copy += 1) {
          const gain = gains[Math.floor(copy / copiesPerTask)] as readonly number[];
          let push = 0;
          for (let index = 0; index < 4; index += 1)
            push -= (gain[index] as number) * (observation[copy * 4 + index] as number);
          actions[copy] = discrete ? Number(push > 0) : push;
        }
        return actions;
      },
    };
  };
