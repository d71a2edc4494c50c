import type { ControlDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { columns, indicator, lengthOf } from '../continuous/columns.js';
import { POINT_ROBOT_STEP, type PointRobotBody, pointRobotBody } from './point-robot-body.js';
import type { PointRobotSettings } from './point-robot-options.js';
import { AWAY_RADIUS, AWAY_REACH } from './point-robot-reward.js';

/** Positions before and after, [..., 2], actions [..., 2] within their limits. */
type Law = (from: Tensor, action: Tensor, to: Tensor, body: PointRobotBody) => Tensor;

const velocity = (from: Tensor, to: Tensor) => tf.div(tf.sub(to, from), POINT_ROBOT_STEP); // [..., 2]

const distance = (to: Tensor, body: PointRobotBody) =>
  lengthOf(tf.sub(to, tf.tensor1d([body.targetX, body.targetY]))); // [...]

/** The laws of {@link pointRobotReward} over tensors. */
function lawOf({ task, reward, goalRadius }: PointRobotSettings): Law {
  switch (task) {
    case 'goal':
    case 'ring':
    case 'away':
      if (reward === 'dense') return (_from, _action, to, body) => tf.neg(distance(to, body));
      if (task === 'away')
        return (_from, _action, to, body) => {
          const nearness = tf.relu(tf.sub(1, tf.div(distance(to, body), AWAY_REACH)));
          return tf.mul(indicator(tf.greater(lengthOf(to), AWAY_RADIUS)), nearness);
        };
      return (_from, _action, to, body) => {
        const d = distance(to, body);
        return tf.mul(indicator(tf.lessEqual(d, goalRadius)), tf.sub(1, d));
      };
    case 'any-direction':
      return (from, _action, to) => tf.div(tf.sub(lengthOf(to), lengthOf(from)), POINT_ROBOT_STEP);
    case 'velocity':
      return (from, action, to, body) => {
        const along = tf.sum(tf.mul(velocity(from, to), tf.tensor1d([1, 0])), -1);
        const effort = tf.mul(0.05, tf.sum(tf.square(action), -1));
        return tf.neg(tf.add(tf.abs(tf.sub(along, body.targetX)), effort));
      };
    default:
      return (from, _action, to, body) =>
        tf.sum(tf.mul(velocity(from, to), tf.tensor1d([body.targetX, body.targetY])), -1);
  }
}

/** The reward of the point robot over tensors [..., O], [..., 2], [..., O] → [...]; recordable. */
export function recordablePointRobotReward(
  settings: PointRobotSettings,
): NonNullable<ControlDistribution['recordableReward']> {
  const limit = settings.motion === 'inertial' ? 3 : 0.1;
  const law = lawOf(settings);
  return (task, observation, action, next) =>
    tf.tidy(() =>
      law(
        columns(observation, 0, 2),
        tf.clipByValue(action, -limit, limit),
        columns(next, 0, 2),
        pointRobotBody(task.parameters),
      ),
    );
}
