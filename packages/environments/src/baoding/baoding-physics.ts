/** Radius of the balls on a round tray of radius 1. */
export const BALL_RADIUS = 0.25;

/** Seconds per step. */
export const BAODING_STEP = 0.05;

const REACH = 1 - BALL_RADIUS;
const SPRING = 50;
const BOUNCE = 0.3;

/**
 * One step of two balls on a tilted tray: x, y of A, of B, then their velocities, at `state[s..s + 7]`, in place.
 *
 * v′ = v + 0.05 (2 a − 0.5 v + contact), p′ = p + 0.05 v′; balls that overlap push each other apart with 50 times the
 * overlap, the rim throws them back with 0.3 of their speed.
 */
export function stepBaoding(state: Float64Array, s: number, tiltX: number, tiltY: number): void {
  const dx = (state[s + 2] as number) - (state[s] as number);
  const dy = (state[s + 3] as number) - (state[s + 1] as number);
  const apart = Math.sqrt(dx * dx + dy * dy);
  const overlap = Math.max(0, 2 * BALL_RADIUS - apart);
  const pushX = apart > 1e-9 ? (SPRING * overlap * dx) / apart : 0;
  const pushY = apart > 1e-9 ? (SPRING * overlap * dy) / apart : 0;
  for (let ball = 0; ball < 2; ball += 1) {
    const sign = ball === 0 ? -1 : 1;
    const [p, v] = [s + 2 * ball, s + 4 + 2 * ball];
    const vx = state[v] as number;
    const vy = state[v + 1] as number;
    state[v] = vx + BAODING_STEP * (2 * tiltX - 0.5 * vx + sign * pushX);
    state[v + 1] = vy + BAODING_STEP * (2 * tiltY - 0.5 * vy + sign * pushY);
    state[p] = (state[p] as number) + BAODING_STEP * (state[v] as number);
    state[p + 1] = (state[p + 1] as number) + BAODING_STEP * (state[v + 1] as number);
    throwBack(state, p, v);
  }
}

/** The rim. */
function throwBack(state: Float64Array, p: number, v: number): void {
  const x = state[p] as number;
  const y = state[p + 1] as number;
  const far = Math.sqrt(x * x + y * y);
  if (far <= REACH) return;
  const [nx, ny] = [x / far, y / far];
  state[p] = nx * REACH;
  state[p + 1] = ny * REACH;
  const outward = (state[v] as number) * nx + (state[v + 1] as number) * ny;
  if (outward <= 0) return;
  state[v] = (state[v] as number) - (1 + BOUNCE) * outward * nx;
  state[v + 1] = (state[v + 1] as number) - (1 + BOUNCE) * outward * ny;
}
