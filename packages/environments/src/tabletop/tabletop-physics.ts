import { pushBlock } from '../goal-suite/push-physics.js';
import { At, BUTTON, placeHandle, RAIL, STACKED } from './tabletop-placement.js';
import { Kind } from './tabletop-skills.js';

/** A full action moves the hand this far along an axis. */
export const TABLETOP_HAND = 0.05;

/** The wall is at this y, and so high. */
export const TABLETOP_WALL = { y: 0.3, height: 0.15 } as const;

/** The hand grips what is nearer than this as it closes. */
const GRASP = 0.04;
/** Below this a closed hand bumps into things. */
const LOW = 0.08;
/** A handle slips from a hand further away than this. */
const SLIP = 0.1;
/** Bodies that touch are so far apart. */
const TOUCH = 0.05;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const wrap = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** What sets a task's dynamics apart. */
export interface TabletopBody {
  readonly kind: number;
  readonly wall: boolean;
  readonly heavy: boolean;
  readonly mirrored: boolean;
}

/** Distance of hand and object, in x, y and, for what has a height, z. */
function apart(state: Float64Array, s: number): number {
  const dx = (state[s] as number) - (state[s + At.object] as number);
  const dy = (state[s + 1] as number) - (state[s + At.object + 1] as number);
  const dz = (state[s + 2] as number) - (state[s + At.height] as number);
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/**
 * One step. An open hand passes around things and grips what is near as it closes; a closed one bumps into what is on the
 * table. Held blocks go with the hand, held handles go with it as far as their joint lets them.
 *
 * @param actions - dx, dy, dz, grip (closed where > 0) at `a`.
 */
export function stepTabletop(
  state: Float64Array,
  s: number,
  actions: Float32Array,
  a: number,
  body: TabletopBody,
): void {
  const closes = (actions[a + 3] as number) > 0;
  const { held } = At;
  const near = apart(state, s);
  const burdened = body.heavy && (state[s + held] === 1 || (closes && near < TOUCH + 0.05));
  const reach = TABLETOP_HAND * (burdened ? 0.5 : 1);
  const dx = reach * (actions[a] as number) * (body.mirrored ? -1 : 1);
  const dy = reach * (actions[a + 1] as number);
  const dz = reach * (actions[a + 2] as number);
  const y = state[s + 1] as number;
  state[s + 2] = clamp((state[s + 2] as number) + dz, 0, 0.4);
  const fist = closes && state[s + held] === 0 && state[s + At.closed] === 1;
  if (fist && body.kind === Kind.block && (state[s + 2] as number) < LOW && state[s + At.height] === 0)
    pushBlock(state, s, s + At.object, dx, dy, 0, 0);
  else {
    state[s] = clamp((state[s] as number) + dx, 0, 1);
    state[s + 1] = clamp(y + dy, 0, 1);
  }
  if (body.wall) stopAtWall(state, s, y);
  if (fist && (body.kind === Kind.slider || body.kind === Kind.drawer)) bumpHandle(state, s);
  if (body.kind === Kind.button) pressButton(state, s);
  grip(state, s, closes, body.kind);
}

/** The hand cannot cross the wall below its top. */
function stopAtWall(state: Float64Array, s: number, before: number): void {
  if ((state[s + 2] as number) >= TABLETOP_WALL.height) return;
  const after = state[s + 1] as number;
  if (before < TABLETOP_WALL.y && after >= TABLETOP_WALL.y) state[s + 1] = TABLETOP_WALL.y - 0.001;
  else if (before >= TABLETOP_WALL.y && after < TABLETOP_WALL.y) state[s + 1] = TABLETOP_WALL.y;
}

/** A fist moves the handle of a rail out of its way, along the rail. */
function bumpHandle(state: Float64Array, s: number): void {
  if ((state[s + 2] as number) >= LOW) return;
  const [alongX, alongY] = [state[s + At.rail] as number, state[s + At.rail + 1] as number];
  const dx = (state[s + At.object] as number) - (state[s] as number);
  const dy = (state[s + At.object + 1] as number) - (state[s + 1] as number);
  const along = dx * alongX + dy * alongY;
  const aside = dx * alongY - dy * alongX;
  if (Math.abs(aside) >= TOUCH || Math.abs(along) >= TOUCH) return;
  const moved = (along >= 0 ? TOUCH : -TOUCH) - along;
  state[s + At.joint] = clamp((state[s + At.joint] as number) + moved / RAIL, 0, 1);
  placeHandle(state, s, false);
}

/** A hand above the button presses it as far as it goes down; it stays pressed. */
function pressButton(state: Float64Array, s: number): void {
  const dx = (state[s] as number) - (state[s + At.object] as number);
  const dy = (state[s + 1] as number) - (state[s + At.object + 1] as number);
  if (dx * dx + dy * dy > TOUCH * TOUCH) return;
  state[s + At.height] = Math.min(state[s + At.height] as number, state[s + 2] as number, BUTTON);
}

/** Opening and closing; what is held moves. */
function grip(state: Float64Array, s: number, closes: boolean, kind: number): void {
  const { held, closed, object, height } = At;
  const closing = closes && state[s + closed] === 0;
  if (!closes) state[s + held] = 0;
  else if (closing && kind !== Kind.button && apart(state, s) <= GRASP) state[s + held] = 1;
  state[s + closed] = closes ? 1 : 0;
  if (state[s + held] === 1 && kind !== Kind.block) pullHandle(state, s, kind === Kind.knob);
  if (kind !== Kind.block) return;
  if (state[s + held] === 1) {
    for (let axis = 0; axis < 2; axis += 1) state[s + object + axis] = state[s + axis] as number;
    state[s + height] = state[s + 2] as number;
  } else fall(state, s);
}

/** A block that is not held comes down to the table, or onto the other block. */
function fall(state: Float64Array, s: number): void {
  const dx = (state[s + At.object] as number) - (state[s + At.other] as number);
  const dy = (state[s + At.object + 1] as number) - (state[s + At.other + 1] as number);
  const from = state[s + At.height] as number;
  const floor = dx * dx + dy * dy < 0.04 * 0.04 && from >= STACKED - 0.015 ? STACKED : 0;
  state[s + At.height] = from < floor ? floor : Math.max(floor, from - 0.1);
}

/** A held handle follows as far as its joint lets it, and slips away from a hand that goes elsewhere. */
function pullHandle(state: Float64Array, s: number, knob: boolean): void {
  const x = (state[s] as number) - (state[s + At.anchor] as number);
  const y = (state[s + 1] as number) - (state[s + At.anchor + 1] as number);
  const joint = state[s + At.joint] as number;
  state[s + At.joint] = knob
    ? joint + clamp(wrap(Math.atan2(y, x) - joint), -0.6, 0.6)
    : clamp((x * (state[s + At.rail] as number) + y * (state[s + At.rail + 1] as number)) / RAIL, 0, 1);
  placeHandle(state, s, knob);
  if (apart(state, s) > SLIP) state[s + At.held] = 0;
}
