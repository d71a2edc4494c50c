import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { linearise, linearQuadratic } from '../continuous/linear-quadratic.js';
import { type Pendulum, stepPendulum } from './pendulum-physics.js';
import { PENDULUM_TORQUE, pendulumBody } from './pendulum-world.js';

/** Optimal linear feedback about upright, for the pendulum's own cost. */
function uprightGain(body: Pendulum): readonly number[] {
  const step = (state: readonly number[], action: readonly number[]) => {
    const moved = Float64Array.from(state);
    stepPendulum(moved, 0, action[0] as number, body);
    return [...moved];
  };
  const { gain } = linearQuadratic({
    ...linearise(step, [0, 0], [0]),
    stateCost: [
      [1, 0],
      [0, 0.1],
    ],
    actionCost: [[0.001]],
  });
  return gain[0] as readonly number[];
}

/**
 * Pumps energy until it suffices for upright, E* = m g l / 2, and catches the rod there by linear-quadratic feedback. A
 * good policy, not the optimum.
 *
 * @see Åström, Furuta. Swinging up a Pendulum by Energy Control. Automatica 2000.
 */
export const pendulumOracle: ReferenceFactory = (tasks, copiesPerTask) => {
  const bodies = tasks.map((task) => pendulumBody(task.parameters));
  const gains = bodies.map(uprightGain);
  const actions = new Float32Array(tasks.length * copiesPerTask);
  return {
    act({ observation }) {
      for (let copy = 0; copy < actions.length; copy += 1) {
        const task = Math.floor(copy / copiesPerTask);
        const [ofAngle, ofRate] = gains[task] as readonly [number, number];
        const cos = observation[copy * 3] as number;
        const angle = Math.atan2(observation[copy * 3 + 1] as number, cos);
        const rate = observation[copy * 3 + 2] as number;
        const feedback = -(ofAngle * angle + ofRate * rate);
        const caught = Math.abs(angle) < 0.6 && Math.abs(feedback) < 3 * PENDULUM_TORQUE;
        actions[copy] = caught ? feedback : pump(bodies[task] as Pendulum, cos, rate);
      }
      return actions;
    },
  };
};

/** Full torque with the motion while energy is wanting, against it while there is too much. */
function pump({ gravity, mass, length, gain }: Pendulum, cos: number, rate: number): number {
  const energy = (mass * length * length * rate * rate) / 6 + (mass * gravity * length * (cos - 1)) / 2;
  const towards = energy < 0 ? 1 : -1;
  const share = Math.min(1, Math.abs(energy));
  return Math.sign(gain) * PENDULUM_TORQUE * share * towards * (rate >= 0 ? 1 : -1);
}
