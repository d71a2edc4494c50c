import type { World } from '../continuous/world.js';
import { POINT_ROBOT_STEP, type PointRobotBody } from './point-robot-body.js';
import type { PointRobotSettings } from './point-robot-options.js';

type Reward = World<PointRobotBody>['reward'];

/** Within this distance of the start `away` gives nothing. */
export const AWAY_RADIUS = 0.8;
/** The reward of `away` falls to 0 at this distance from the goal. */
export const AWAY_REACH = 2;

const distance = (next: Float32Array, n: number, body: PointRobotBody) =>
  Math.hypot((next[n] as number) - body.targetX, (next[n + 1] as number) - body.targetY);

/** Displacement along one axis by the time it took. */
const speed = (observation: Float32Array, o: number, next: Float32Array, n: number) =>
  ((next[n] as number) - (observation[o] as number)) / POINT_ROBOT_STEP;

/**
 * The reward of the task, by what was observed:
 *
 * goal −d or, sparse, 1 − d within the goal radius; ring the same; away −d or, sparse, max(0, 1 − d/2) where ‖p‖ > 0.8;
 * direction v·heading; any-direction the growth of ‖p‖; velocity −|vₓ − v*| − 0.05 ‖a‖²; dynamics vₓ.
 */
export function pointRobotReward({ task, reward, goalRadius }: PointRobotSettings): Reward {
  switch (task) {
    case 'goal':
    case 'ring':
      if (reward === 'dense') return (_o, _i, _a, _j, next, n, body) => -distance(next, n, body);
      return (_o, _i, _a, _j, next, n, body) => {
        const d = distance(next, n, body);
        return d <= goalRadius ? 1 - d : 0;
      };
    case 'away':
      if (reward === 'dense') return (_o, _i, _a, _j, next, n, body) => -distance(next, n, body);
      return (_o, _i, _a, _j, next, n, body) =>
        Math.hypot(next[n] as number, next[n + 1] as number) > AWAY_RADIUS
          ? Math.max(0, 1 - distance(next, n, body) / AWAY_REACH)
          : 0;
    case 'any-direction':
      return (observation, o, _a, _j, next, n) =>
        (Math.hypot(next[n] as number, next[n + 1] as number) -
          Math.hypot(observation[o] as number, observation[o + 1] as number)) /
        POINT_ROBOT_STEP;
    case 'velocity':
      return (observation, o, actions, a, next, n, body) =>
        -Math.abs(speed(observation, o, next, n) - body.targetX) -
        0.05 * ((actions[a] as number) ** 2 + (actions[a + 1] as number) ** 2);
    default: // direction, two-directions, dynamics
      return (observation, o, _a, _j, next, n, body) =>
        speed(observation, o, next, n) * body.targetX + speed(observation, o + 1, next, n + 1) * body.targetY;
  }
}
