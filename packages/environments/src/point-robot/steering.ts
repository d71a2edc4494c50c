import type { PointRobotBody } from './point-robot-body.js';
import type { PointRobotSettings } from './point-robot-options.js';

/** Writes the action of one copy for a target; reads the copy's observation. */
export type Steering = (
  observation: Float32Array,
  copy: number,
  body: PointRobotBody,
  x: number,
  y: number,
  actions: Float32Array,
) => void;

/**
 * How a body that is known moves to a target point, or as the task's target says: full speed along a heading, or at a
 * speed along x. Undoes gain and wind; delay is not made up for.
 */
export function steering(settings: PointRobotSettings): Steering {
  const { task, motion } = settings;
  if (motion === 'unicycle') return unicycle;
  if (task === 'velocity') return motion === 'inertial' ? inertialSpeed : kinematicSpeed;
  if (task === 'goal' || task === 'ring' || task === 'away')
    return motion === 'inertial' ? inertialPoint : kinematicPoint;
  const limit = motion === 'inertial' ? 3 : 0.1;
  return (observation, copy, body, x, y, actions) => {
    const size = motion === 'inertial' ? 4 : 2;
    const outward = task === 'any-direction';
    const [towardX, towardY] = outward
      ? [(observation[copy * size] as number) || 1, (observation[copy * size + 1] as number) || 1]
      : [x, y];
    const sign = Math.sign(body.gain) || 1;
    actions[copy * 2] = towardX === 0 ? 0 : sign * limit * Math.sign(towardX);
    actions[copy * 2 + 1] = towardY === 0 ? 0 : sign * limit * Math.sign(towardY);
  };
}

const clip = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));

const kinematicPoint: Steering = (observation, copy, body, x, y, actions) => {
  const dx = x - (observation[copy * 2] as number) - body.windX;
  const dy = y - (observation[copy * 2 + 1] as number) - body.windY;
  // The longer side at full speed, the other in proportion: a straight line.
  const scale = Math.max(1, Math.abs(dx / body.gain) / 0.1, Math.abs(dy / body.gain) / 0.1);
  actions[copy * 2] = dx / body.gain / scale;
  actions[copy * 2 + 1] = dy / body.gain / scale;
};

/** Brakes in time: wants the speed that friction and full force can take away over the way left. */
const inertialPoint: Steering = (observation, copy, body, x, y, actions) => {
  const o = copy * 4;
  for (let axis = 0; axis < 2; axis += 1) {
    const left = (axis === 0 ? x : y) - (observation[o + axis] as number);
    const speed = observation[o + 2 + axis] as number;
    const wind = axis === 0 ? body.windX : body.windY;
    const braking = (3 * Math.abs(body.gain)) / body.mass;
    const wanted = Math.sign(left) * Math.min(Math.abs(left) / 0.2, Math.sqrt(braking * Math.abs(left)));
    const force = ((wanted - speed) * body.mass) / 0.1 + body.friction * speed - wind;
    actions[copy * 2 + axis] = clip(force / body.gain, 3);
  }
};

/** The force that gives the wanted speed in one step, as far as the limits allow. */
const inertialSpeed: Steering = (observation, copy, body, x, _y, actions) => {
  const speed = observation[copy * 4 + 2] as number;
  const force = ((x - speed) * body.mass) / 0.1 + body.friction * speed - body.windX;
  actions[copy * 2] = clip(force / body.gain, 3);
  actions[copy * 2 + 1] = 0;
};

const kinematicSpeed: Steering = (_observation, copy, body, x, _y, actions) => {
  actions[copy * 2] = clip((0.1 * x - body.windX) / body.gain, 0.1);
  actions[copy * 2 + 1] = 0;
};

/** Turns first as far as needed, then drives. */
const unicycle: Steering = (observation, copy, body, x, y, actions) => {
  const o = copy * 4;
  const dx = x - (observation[o] as number);
  const dy = y - (observation[o + 1] as number);
  const heading = Math.atan2(observation[o + 3] as number, observation[o + 2] as number);
  const turn = Math.atan2(dy, dx) - heading;
  const shortest = Math.atan2(Math.sin(turn), Math.cos(turn));
  actions[copy * 2] = Math.abs(shortest) > 1.5 ? 0 : clip(Math.hypot(dx, dy) / body.gain, 0.1);
  actions[copy * 2 + 1] = clip(shortest / 10, 0.1);
};
