import { HAND_RADIUS } from './push-physics.js';

/** Radius of the puck. */
export const PUCK_RADIUS = 0.04;

/** Seconds per step: speeds are in metres per second on a table of one metre. */
export const SLIDE_STEP = 0.04;

/** The hand reaches no further along x. */
export const SLIDE_REACH = 0.35;

const GRAVITY = 9.81;
const PARTS = 10;
const TOUCH = HAND_RADIUS + PUCK_RADIUS;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** How far a puck of some speed slides: v² / (2 μ g). */
export function slideLength(speed: number, friction: number): number {
  return (speed * speed) / (2 * friction * GRAVITY);
}

/** The speed with which a puck slides so far. */
export function slideSpeed(length: number, friction: number): number {
  return Math.sqrt(2 * friction * GRAVITY * length);
}

/**
 * Moves the hand by (dx, dy) in one step and lets the puck slide: Coulomb friction slows it by μ g; a hand that touches it
 * takes it along at the hand's own speed along the line of centres, without bouncing; the edges of the table stop it.
 *
 * State at `s`: hand x, y, puck x, y, its velocity x, y.
 */
export function slideStep(state: Float64Array, s: number, dx: number, dy: number, friction: number): void {
  const time = SLIDE_STEP / PARTS;
  for (let part = 0; part < PARTS; part += 1) {
    state[s] = clamp((state[s] as number) + dx / PARTS, 0, SLIDE_REACH);
    state[s + 1] = clamp((state[s + 1] as number) + dy / PARTS, 0, 1);
    glide(state, s + 2, time, friction);
    touch(state, s, dx / SLIDE_STEP, dy / SLIDE_STEP);
    for (let axis = 2; axis < 4; axis += 1) {
      const at = state[s + axis] as number;
      const inside = clamp(at, PUCK_RADIUS, 1 - PUCK_RADIUS);
      state[s + axis] = inside;
      if (inside !== at) state[s + axis + 2] = 0;
    }
  }
}

/** Free motion of the puck. */
function glide(state: Float64Array, puck: number, time: number, friction: number): void {
  const vx = state[puck + 2] as number;
  const vy = state[puck + 3] as number;
  const speed = Math.sqrt(vx * vx + vy * vy);
  if (speed === 0) return;
  const after = Math.max(0, speed - friction * GRAVITY * time);
  // The exact mean speed of the part, unless the puck stops within it.
  const mean = after > 0 ? (speed + after) / 2 : speed / 2;
  const length = after > 0 ? mean * time : slideLength(speed, friction);
  state[puck] = (state[puck] as number) + (vx / speed) * length;
  state[puck + 1] = (state[puck + 1] as number) + (vy / speed) * length;
  state[puck + 2] = (vx / speed) * after;
  state[puck + 3] = (vy / speed) * after;
}

/** Contact of hand and puck. */
function touch(state: Float64Array, s: number, handX: number, handY: number): void {
  let nx = (state[s + 2] as number) - (state[s] as number);
  let ny = (state[s + 3] as number) - (state[s + 1] as number);
  const apart = Math.sqrt(nx * nx + ny * ny);
  if (apart >= TOUCH || apart < 1e-9) return;
  nx /= apart;
  ny /= apart;
  state[s + 2] = (state[s] as number) + nx * TOUCH;
  state[s + 3] = (state[s + 1] as number) + ny * TOUCH;
  const along = (state[s + 4] as number) * nx + (state[s + 5] as number) * ny;
  const gain = handX * nx + handY * ny - along;
  if (gain <= 0) return;
  state[s + 4] = (state[s + 4] as number) + gain * nx;
  state[s + 5] = (state[s + 5] as number) + gain * ny;
}
