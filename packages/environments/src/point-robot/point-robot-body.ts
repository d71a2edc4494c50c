import type { ControlTask } from '@tasklearn/core';

/** What a task's parameters come to. */
export interface PointRobotBody {
  /** Goal, unit heading or, in x, the speed wanted. */
  readonly targetX: number;
  readonly targetY: number;
  readonly mass: number;
  readonly friction: number;
  readonly gain: number;
  readonly windX: number;
  readonly windY: number;
}

/** Seconds per step: velocities are displacements divided by it. */
export const POINT_ROBOT_STEP = 0.1;

/** A task's parameters by name. */
export function pointRobotBody(parameters: ControlTask['parameters']): PointRobotBody {
  const { targetX = 0, targetY = 0, mass = 1, friction = 1, gain = 1, windX = 0, windY = 0 } = parameters;
  return { targetX, targetY, mass, friction, gain, windX, windY };
}
