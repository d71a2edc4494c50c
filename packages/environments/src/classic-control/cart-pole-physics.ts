/** A cart with a pole hinged on it; SI units. */
export interface CartPole {
  readonly gravity: number;
  readonly cartMass: number;
  readonly poleMass: number;
  /** Half the pole's length, as in the original. */
  readonly halfLength: number;
  /** Of the hinge; 0 in the original. */
  readonly friction: number;
}

/** Seconds per step. */
export const CART_POLE_STEP = 0.02;

/**
 * One Euler step of x, ẋ, θ, θ̇ at `state[s..s + 3]`, in place; θ = 0 is upright.
 *
 * temp = (F + m l θ̇² sin θ) / M
 * θ̈ = (g sin θ − temp cos θ − μ θ̇ / (m l)) / (l (4/3 − m cos² θ / M))
 * ẍ = temp − m l θ̈ cos θ / M
 *
 * with M the total mass, m the pole's, l half its length.
 *
 * @param force - F, newtons, to the right.
 * @see Barto, Sutton, Anderson. Neuronlike Adaptive Elements That Can Solve Difficult Learning Control Problems.
 *   IEEE SMC 1983; Gymnasium, CartPole-v1.
 */
export function stepCartPole(state: Float64Array, s: number, force: number, body: CartPole): void {
  const x = state[s] as number;
  const speed = state[s + 1] as number;
  const angle = state[s + 2] as number;
  const rate = state[s + 3] as number;
  const total = body.cartMass + body.poleMass;
  const moment = body.poleMass * body.halfLength;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const temp = (force + moment * rate * rate * sin) / total;
  const angular =
    (body.gravity * sin - cos * temp - (body.friction * rate) / moment) /
    (body.halfLength * (4 / 3 - (body.poleMass * cos * cos) / total));
  const linear = temp - (moment * angular * cos) / total;
  state[s] = x + CART_POLE_STEP * speed;
  state[s + 1] = speed + CART_POLE_STEP * linear;
  state[s + 2] = angle + CART_POLE_STEP * rate;
  state[s + 3] = rate + CART_POLE_STEP * angular;
}
