import { Kind } from './tabletop-skills.js';

/** Where the numbers of an observation are. */
export const Seen = {
  hand: 0,
  closed: 3,
  /** x, y, height (or angle of the knob), kind. */
  object: 4,
  other: 8,
  goal: 12,
  modifier: 15,
} as const;

/** Numbers in an observation. */
export const TABLETOP_OBSERVATION = 16;

/** Success within this distance of the goal. */
export const TABLETOP_TOLERANCE = 0.05;

/** What the law of a task needs to know: the goals of tasks that hide theirs are not in the observation. */
export interface TabletopLaw {
  /** Whether the hand itself is to be at the goal. */
  readonly reach: boolean;
  /** Whether the hand has to have let go. */
  readonly release: boolean;
  readonly kind: number;
  /** Within what distance the object is there. */
  readonly tolerance: number;
}

/** Distance of the hand, or of the object, from the goal. */
export function distanceLeft(next: Float32Array, n: number, { reach, kind }: TabletopLaw): number {
  const at = n + (reach ? Seen.hand : Seen.object);
  const dx = (next[at] as number) - (next[n + Seen.goal] as number);
  const dy = (next[at + 1] as number) - (next[n + Seen.goal + 1] as number);
  const height = reach || kind === Kind.block || kind === Kind.button ? (next[at + 2] as number) : 0;
  const dz = height - (next[n + Seen.goal + 2] as number);
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** Distance of the hand from the object. */
export function distanceToObject(next: Float32Array, n: number, { kind }: TabletopLaw): number {
  const dx = (next[n] as number) - (next[n + Seen.object] as number);
  const dy = (next[n + 1] as number) - (next[n + Seen.object + 1] as number);
  const height = kind === Kind.block || kind === Kind.button ? (next[n + Seen.object + 2] as number) : 0;
  const dz = (next[n + 2] as number) - height;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** Whether the task is done. */
export function tabletopDone(next: Float32Array, n: number, law: TabletopLaw): boolean {
  if (law.release && next[n + Seen.closed] === 1) return false;
  return distanceLeft(next, n, law) <= law.tolerance;
}

/**
 * Shaped reward: 1[done] − ‖object − goal‖ − 0.2 max(0, ‖hand − object‖ − 0.09); for `reach`, 1[done] − ‖hand − goal‖.
 */
export function tabletopReward(next: Float32Array, n: number, law: TabletopLaw): number {
  const done = tabletopDone(next, n, law) ? 1 : 0;
  const left = distanceLeft(next, n, law);
  if (law.reach) return done - left;
  return done - left - 0.2 * Math.max(0, distanceToObject(next, n, law) - 0.09);
}
