import type { ControlTask } from '@tasklearn/core';

/** The point's surroundings: numbers of a task. */
export interface WindPointBody {
  readonly wind: number;
  readonly keep: number;
  readonly gain: number;
}

/** The goal is (1.5, 0). */
export const WIND_POINT_GOAL = 1.5;
/** Where along x the wind blows. */
export const WIND_POINT_ZONE = [0.4, 1] as const;

/** A task's parameters by name; absent ones as in the preset. */
export function windPointBody(parameters: ControlTask['parameters']): WindPointBody {
  const { wind = -0.012, keep = 0.9, gain = 0.02 } = parameters;
  return { wind, keep, gain };
}

/** One step of x, y, vx, vy at `state[s]`, in place. */
export function stepWindPoint(
  state: Float64Array,
  s: number,
  actionX: number,
  actionY: number,
  { wind, keep, gain }: WindPointBody,
): void {
  const x = state[s] as number;
  const blows = x > WIND_POINT_ZONE[0] && x < WIND_POINT_ZONE[1];
  const speedX = keep * (state[s + 2] as number) + gain * actionX;
  const speedY = keep * (state[s + 3] as number) + gain * actionY + (blows ? wind : 0);
  state[s] = x + speedX;
  state[s + 1] = (state[s + 1] as number) + speedY;
  state[s + 2] = speedX;
  state[s + 3] = speedY;
}
