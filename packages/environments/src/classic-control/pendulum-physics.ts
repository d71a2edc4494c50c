/** A rod hung at one end and driven there; SI units. */
export interface Pendulum {
  readonly gravity: number;
  readonly mass: number;
  readonly length: number;
  /** Of the hinge, N m s; 0 in the original. */
  readonly friction: number;
  /** Torque per unit of action; 1 in the original. */
  readonly gain: number;
}

/** Seconds per step. */
export const PENDULUM_STEP = 0.05;

/** Largest angular speed, rad/s. */
export const PENDULUM_SPEED = 8;

/**
 * One semi-implicit Euler step of θ, θ̇ at `state[s..s + 1]`, in place; θ = 0 is upright.
 *
 * θ̇′ = clip(θ̇ + (3g / 2l · sin θ + 3 / (m l²) · (u − μ θ̇)) Δt, ±8), θ′ = θ + θ̇′ Δt
 *
 * @param action - within ±2; the torque u is gain · action, N m.
 * @see Gymnasium, Pendulum-v1.
 */
export function stepPendulum(state: Float64Array, s: number, action: number, body: Pendulum): void {
  const angle = state[s] as number;
  const rate = state[s + 1] as number;
  const { gravity, mass, length, friction, gain } = body;
  const acceleration =
    ((3 * gravity) / (2 * length)) * Math.sin(angle) +
    (3 / (mass * length * length)) * (gain * action - friction * rate);
  const moved = rate + acceleration * PENDULUM_STEP;
  const next = Math.min(PENDULUM_SPEED, Math.max(-PENDULUM_SPEED, moved));
  state[s] = angle + next * PENDULUM_STEP;
  state[s + 1] = next;
}
