import type { TabletopModifier, TabletopSkill } from './tabletop-skills.js';

/** Where the numbers of a copy's state are. */
export const At = {
  /** x, y, z. */
  hand: 0,
  closed: 3,
  /** x, y, how far it has turned. */
  object: 4,
  height: 7,
  /** Share of the rail, or angle of the knob. */
  joint: 8,
  /** x, y. */
  other: 9,
  held: 11,
  /** x, y, z. */
  goal: 12,
  /** x, y of the rail's start or the knob's centre. */
  anchor: 15,
  /** Unit vector along the rail. */
  rail: 17,
} as const;

/** Numbers of state. */
export const TABLETOP_STATE = 19;

/** Uniform numbers that a placement is made of. */
export const PLACEMENT = 6;

/** Length of rails. */
export const RAIL = 0.22;

/** Distance of the knob's handle from its centre. */
export const KNOB = 0.1;

/** Height of an unpressed button. */
export const BUTTON = 0.1;

/** Height at which a block stands on another. */
export const STACKED = 0.06;

/** Writes the handle's place from its joint. */
export function placeHandle(state: Float64Array, s: number, knob: boolean): void {
  const joint = state[s + At.joint] as number;
  const [x, y] = [state[s + At.anchor] as number, state[s + At.anchor + 1] as number];
  const along = RAIL * joint;
  state[s + At.object] = x + (knob ? KNOB * Math.cos(joint) : along * (state[s + At.rail] as number));
  state[s + At.object + 1] = y + (knob ? KNOB * Math.sin(joint) : along * (state[s + At.rail + 1] as number));
}

/** Lays everything out for an episode: `u` are {@link PLACEMENT} numbers in [0, 1). */
export function layOut(
  state: Float64Array,
  s: number,
  skill: TabletopSkill,
  modifier: TabletopModifier,
  u: Float64Array,
): void {
  const [u0, u1, u2, u3, u4, u5] = u as unknown as [number, number, number, number, number, number];
  const away = modifier === 'far' ? 0.15 : 0;
  state.fill(0, s, s + TABLETOP_STATE);
  state[s + At.hand] = 0.5;
  state[s + At.hand + 1] = 0.15;
  state[s + At.hand + 2] = 0.2;
  const [x, y] = [0.3 + 0.4 * u0, 0.45 + 0.15 * u1 + away];
  setPoint(state, s + At.object, x, y);
  setPoint(state, s + At.other, u4 < 0.5 ? 0.08 : 0.92, 0.92);
  const bearing = Math.PI * (0.1 + 0.8 * u2); // Away from the hand, or aside.
  const [gx, gy] = [x + 0.18 * Math.cos(bearing), y + 0.18 * Math.sin(bearing)];
  switch (skill) {
    case 'reach':
      setGoal(state, s, 0.25 + 0.5 * u2, y + 0.2 * u3, 0.05 + 0.25 * u5);
      return;
    case 'push':
      setGoal(state, s, gx, gy, 0);
      return;
    case 'pull': {
      const far = 0.8 + 0.05 * u1 + 0.6 * away;
      setPoint(state, s + At.object, x, far);
      setGoal(state, s, x + 0.1 * (u2 - 0.5), far - 0.25, 0);
      return;
    }
    case 'pick-place':
      setGoal(state, s, gx, gy, u3 < 0.5 ? 0 : 0.1 + 0.15 * u5);
      return;
    case 'press':
      state[s + At.height] = BUTTON;
      setGoal(state, s, x, y, 0.01);
      return;
    case 'slide':
      layRail(state, s, x, y, u2 < 0.5 ? 1 : -1, 0, 0, 0.6 + 0.4 * u3);
      return;
    case 'open':
      layRail(state, s, x, y + 0.2, 0, -1, 0, 0.6 + 0.4 * u3);
      return;
    case 'close':
      layRail(state, s, x, y + 0.2, 0, -1, 0.6 + 0.4 * u3, 0);
      return;
    case 'turn':
      layKnob(state, s, x, y + 0.1, 2 * Math.PI * u2, (0.8 + 0.8 * u3) * (u5 < 0.5 ? 1 : -1));
      return;
    default:
      setPoint(state, s + At.other, gx, gy);
      setGoal(state, s, gx, gy, STACKED);
      return;
  }
}

function setPoint(state: Float64Array, at: number, x: number, y: number): void {
  state[at] = x;
  state[at + 1] = y;
}

function setGoal(state: Float64Array, s: number, x: number, y: number, z: number): void {
  setPoint(state, s + At.goal, x, y);
  state[s + At.goal + 2] = z;
}

function layRail(
  state: Float64Array,
  s: number,
  x: number,
  y: number,
  alongX: number,
  alongY: number,
  from: number,
  to: number,
): void {
  setPoint(state, s + At.anchor, x, y);
  setPoint(state, s + At.rail, alongX, alongY);
  state[s + At.joint] = from;
  placeHandle(state, s, false);
  setGoal(state, s, x + RAIL * to * alongX, y + RAIL * to * alongY, 0);
}

function layKnob(state: Float64Array, s: number, x: number, y: number, angle: number, turn: number): void {
  setPoint(state, s + At.anchor, x, y);
  state[s + At.joint] = angle;
  placeHandle(state, s, true);
  setGoal(state, s, x + KNOB * Math.cos(angle + turn), y + KNOB * Math.sin(angle + turn), 0);
}
