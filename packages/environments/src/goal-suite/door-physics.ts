import { HAND_RADIUS } from './push-physics.js';

/** Where the hinge is on the unit table. */
export const DOOR_HINGE = { x: 0.3, y: 0.3 } as const;

/** Length of the door. */
export const DOOR_LENGTH = 0.4;

/** The door opens from 0 to this, radians. */
export const DOOR_OPEN = Math.PI / 2;

const PARTS = 5;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const wrap = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/**
 * Moves the hand by (dx, dy) and lets it push the door from either side, slowly: the door stays where it is left. At the
 * ends of its swing the door stops the hand.
 *
 * State at `s`: hand x, y, angle of the door from the x axis.
 */
export function doorStep(state: Float64Array, s: number, dx: number, dy: number): void {
  for (let part = 0; part < PARTS; part += 1) {
    const side = sideOf(state, s);
    state[s] = clamp((state[s] as number) + dx / PARTS, 0, 1);
    state[s + 1] = clamp((state[s + 1] as number) + dy / PARTS, 0, 1);
    pushDoor(state, s, side);
  }
}

/** 1 where the hand is anticlockwise of the door, −1 where clockwise. */
function sideOf(state: Float64Array, s: number): number {
  const bearing = Math.atan2((state[s + 1] as number) - DOOR_HINGE.y, (state[s] as number) - DOOR_HINGE.x);
  return wrap(bearing - (state[s + 2] as number)) >= 0 ? 1 : -1;
}

function pushDoor(state: Float64Array, s: number, side: number): void {
  const x = (state[s] as number) - DOOR_HINGE.x;
  const y = (state[s + 1] as number) - DOOR_HINGE.y;
  const far = Math.sqrt(x * x + y * y);
  const angle = state[s + 2] as number;
  const along = x * Math.cos(angle) + y * Math.sin(angle);
  const across = side * (y * Math.cos(angle) - x * Math.sin(angle));
  if (along <= 0 || along >= DOOR_LENGTH || across >= HAND_RADIUS || far <= HAND_RADIUS) return;
  // Touching, the hand's bearing is asin(radius / distance) off the door.
  const wanted = Math.atan2(y, x) - side * Math.asin(HAND_RADIUS / far);
  const allowed = clamp(wanted, 0, DOOR_OPEN);
  state[s + 2] = allowed;
  if (allowed === wanted) return;
  const [cos, sin] = [Math.cos(allowed), Math.sin(allowed)];
  const depth = HAND_RADIUS - side * (y * cos - x * sin);
  if (depth <= 0) return;
  state[s] = (state[s] as number) - side * sin * depth;
  state[s + 1] = (state[s + 1] as number) + side * cos * depth;
}
