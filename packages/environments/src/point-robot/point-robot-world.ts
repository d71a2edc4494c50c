import type { ControlSpec } from '@tasklearn/core';
import type { World } from '../continuous/world.js';
import { POINT_ROBOT_STEP, type PointRobotBody, pointRobotBody } from './point-robot-body.js';
import type { PointRobotMotion, PointRobotSettings } from './point-robot-options.js';
import { pointRobotReward } from './point-robot-reward.js';

const observationSizes: Readonly<Record<PointRobotMotion, number>> = {
  kinematic: 2,
  inertial: 4,
  unicycle: 4,
};

function specOf({ motion, task, horizon }: PointRobotSettings): ControlSpec {
  const limit = motion === 'inertial' ? 3 : 0.1;
  return {
    observation: { shape: [observationSizes[motion]], dtype: 'float32' },
    action: { shape: [2], dtype: 'float32', minimum: -limit, maximum: limit },
    horizon,
    hasSuccess: task === 'goal' || task === 'ring' || task === 'away',
  };
}

type Advance = World<PointRobotBody>['advance'];

/** State is x, y and what the motion adds: speeds, or the heading. */
const motions: Readonly<Record<PointRobotMotion, Advance>> = {
  kinematic(state, s, actions, a, body) {
    state[s] = (state[s] as number) + body.gain * (actions[a] as number) + body.windX;
    state[s + 1] = (state[s + 1] as number) + body.gain * (actions[a + 1] as number) + body.windY;
    return false;
  },
  inertial(state, s, actions, a, body) {
    const speedX = state[s + 2] as number;
    const speedY = state[s + 3] as number;
    const forceX = body.gain * (actions[a] as number) - body.friction * speedX + body.windX;
    const forceY = body.gain * (actions[a + 1] as number) - body.friction * speedY + body.windY;
    const nextX = speedX + (POINT_ROBOT_STEP * forceX) / body.mass;
    const nextY = speedY + (POINT_ROBOT_STEP * forceY) / body.mass;
    state[s] = (state[s] as number) + POINT_ROBOT_STEP * nextX;
    state[s + 1] = (state[s + 1] as number) + POINT_ROBOT_STEP * nextY;
    state[s + 2] = nextX;
    state[s + 3] = nextY;
    return false;
  },
  unicycle(state, s, actions, a, body) {
    const heading = (state[s + 2] as number) + 10 * (actions[a + 1] as number);
    const length = body.gain * (actions[a] as number);
    state[s] = (state[s] as number) + length * Math.cos(heading) + body.windX;
    state[s + 1] = (state[s + 1] as number) + length * Math.sin(heading) + body.windY;
    state[s + 2] = heading;
    return false;
  },
};

/** The world of the point robot: it starts at rest in the origin, heading along +x. */
export function pointRobotWorld(id: string, settings: PointRobotSettings): World<PointRobotBody> {
  const { motion, goalRadius } = settings;
  const size = observationSizes[motion];
  const spec = specOf(settings);
  return {
    id,
    spec,
    stateSize: 4,
    maximumDelay: settings.delay[1],
    bodyOf: pointRobotBody,
    begin: (state, s) => void state.fill(0, s, s + 4),
    advance: motions[motion],
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
      if (size === 2) return;
      const third = state[s + 2] as number;
      observation[o + 2] = motion === 'unicycle' ? Math.cos(third) : third;
      observation[o + 3] = motion === 'unicycle' ? Math.sin(third) : (state[s + 3] as number);
    },
    reward: pointRobotReward(settings),
    ...(spec.hasSuccess
      ? {
          reached: (next, n, body) =>
            Math.hypot((next[n] as number) - body.targetX, (next[n + 1] as number) - body.targetY) <=
            goalRadius,
        }
      : {}),
  };
}
