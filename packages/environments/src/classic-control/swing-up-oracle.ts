import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { cartPoleGain } from './cart-pole-references.js';
import { cartPoleBody, type DrivenCartPole } from './cart-pole-world.js';

/** Acceleration of the cart that pumps energy into the pole, with a pull back to the middle of the track. */
function pump(x: number, speed: number, cos: number, rate: number, body: DrivenCartPole): number {
  const { gravity, halfLength } = body;
  // Of a rod hung at its end, per mass and length, 0 at upright: 2/3 l θ̇² + g (cos θ − 1).
  const energy = (2 / 3) * halfLength * rate * rate + gravity * (cos - 1);
  // dE/dt is proportional to −θ̇ cos θ ẍ.
  const direction = rate * cos >= 0 ? 1 : -1;
  const drive = Math.min(8, Math.max(-8, 1.5 * energy)) * direction;
  return drive - 2 * x - 1.5 * speed;
}

/** The force that gives the cart an acceleration, whatever the pole does. */
function forceFor(
  acceleration: number,
  cos: number,
  sin: number,
  rate: number,
  body: DrivenCartPole,
): number {
  const { gravity, cartMass, poleMass, halfLength } = body;
  // From the two equations of motion with ẍ given: θ̈ = 3/(4l) (g sin θ − ẍ cos θ).
  const angular = (3 / (4 * halfLength)) * (gravity * sin - acceleration * cos);
  return (cartMass + poleMass) * acceleration + poleMass * halfLength * (angular * cos - rate * rate * sin);
}

/**
 * Swings up by energy control, then balances by linear-quadratic feedback. A good policy, not the optimum.
 *
 * @see Chung, Hauser. Nonlinear Control of a Swinging Pendulum. Automatica 1995.
 */
export const swingUpOracle: ReferenceFactory = (tasks, copiesPerTask) => {
  const bodies = tasks.map((task) => cartPoleBody(task.parameters));
  const gains = bodies.map(cartPoleGain);
  const actions = new Float32Array(tasks.length * copiesPerTask);
  return {
    act({ observation }) {
      for (let copy = 0; copy < actions.length; copy += 1) {
        const task = Math.floor(copy / copiesPerTask);
        const body = bodies[task] as DrivenCartPole;
        const [onX, onSpeed, onAngle, onRate] = gains[task] as readonly [number, number, number, number];
        const [x = 0, speed = 0, cos = 0, sin = 0, rate = 0] = observation.subarray(copy * 5, copy * 5 + 5);
        const angle = Math.atan2(sin, cos);
        const feedback = -(onX * x + onSpeed * speed + onAngle * angle + onRate * rate);
        const caught = Math.abs(angle) < 0.5 && Math.abs(feedback) < 2;
        actions[copy] = caught
          ? feedback
          : forceFor(pump(x, speed, cos, rate, body), cos, sin, rate, body) / body.force;
      }
      return actions;
    },
  };
};
