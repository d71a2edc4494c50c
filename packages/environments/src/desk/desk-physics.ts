/** The two buttons. */
export const DESK_BUTTONS = [
  [0.2, 0.85],
  [0.8, 0.85],
] as const;

/** The slider's rail runs along x at this y, from `from` over `length`. */
export const DESK_RAIL = { y: 0.15, from: 0.3, length: 0.4 } as const;

/** A full action moves the hand this far along an axis. */
export const DESK_STEP = 0.05;

/** The hand works on what is nearer than this as it closes. */
export const DESK_GRASP = 0.05;

/** Where the numbers of a copy's state are; the first eight are observed. */
export const Desk = {
  hand: 0,
  closed: 2,
  buttons: 3,
  slider: 5,
  block: 6,
  goal: 8,
  /** 0 nothing, 1 the slider, 2 the block. */
  held: 16,
} as const;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

const apart = (state: Float64Array, s: number, x: number, y: number) =>
  Math.hypot((state[s] as number) - x, (state[s + 1] as number) - y);

/**
 * One step: the hand moves and takes along what it holds. Closing, it presses a button for good, or takes hold of the
 * slider or the block, whichever is near.
 */
export function stepDesk(state: Float64Array, s: number, actions: Float32Array, a: number): void {
  for (let axis = 0; axis < 2; axis += 1)
    state[s + axis] = clamp((state[s + axis] as number) + DESK_STEP * (actions[a + axis] as number), 0, 1);
  const closes = (actions[a + 2] as number) > 0;
  if (!closes) state[s + Desk.held] = 0;
  else if (state[s + Desk.closed] === 0) takeHold(state, s);
  state[s + Desk.closed] = closes ? 1 : 0;
  if (state[s + Desk.held] === 1)
    state[s + Desk.slider] = clamp(((state[s] as number) - DESK_RAIL.from) / DESK_RAIL.length, 0, 1);
  else if (state[s + Desk.held] === 2) {
    state[s + Desk.block] = state[s] as number;
    state[s + Desk.block + 1] = state[s + 1] as number;
  }
}

function takeHold(state: Float64Array, s: number): void {
  for (const [button, [x, y]] of DESK_BUTTONS.entries())
    if (apart(state, s, x, y) <= DESK_GRASP) state[s + Desk.buttons + button] = 1;
  const handle = DESK_RAIL.from + DESK_RAIL.length * (state[s + Desk.slider] as number);
  const block = apart(state, s, state[s + Desk.block] as number, state[s + Desk.block + 1] as number);
  if (block <= DESK_GRASP) state[s + Desk.held] = 2;
  else if (apart(state, s, handle, DESK_RAIL.y) <= DESK_GRASP) state[s + Desk.held] = 1;
}
