import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, indicator } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import { INK, penFor, svg, TRAJECTORY_INK, type View } from '../picture/svg.js';
import { acrobotWorld } from './acrobot-world.js';

/** Options of the acrobot; a range with two equal ends does not vary. */
export type AcrobotOptions = {
  /** Steps of an episode. */
  readonly horizon: number;
  /** m/s². */
  readonly gravity: ParameterRange;
  /** Of the first rod, kg. */
  readonly mass1: ParameterRange;
  /** Of the second rod, kg. */
  readonly mass2: ParameterRange;
  /** Of both joints, N m s. */
  readonly friction: ParameterRange;
  /** Torque of a full action, N m. */
  readonly torque: ParameterRange;
  /** Steps until an action takes effect: integers. */
  readonly delay: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Acrobot-v1. */
export const acrobotDefaults: AcrobotOptions = {
  horizon: 500,
  gravity: [9.8, 9.8],
  mass1: [1, 1],
  mass2: [1, 1],
  friction: [0, 0],
  torque: [1, 1],
  delay: [0, 0],
  trainingTasks: 0,
};

const view: View = { left: -2.2, bottom: -2.2, width: 4.4, height: 4.4 };
const pen = penFor(view);
const bar = pen.line([-2, 1, 2, 1], { stroke: INK.goal, dash: '4 4' });

/** The rods as one line: joints (0, 0), the middle one, the tip. */
function rods(observation: Float32Array, o: number, stroke: string, width: number, opacity: number): string {
  const [cos1 = 1, sin1 = 0, cos2 = 1, sin2 = 0] = observation.subarray(o, o + 4);
  const joint = [sin1, -cos1];
  const tip = [sin1 + sin1 * cos2 + cos1 * sin2, -cos1 - (cos1 * cos2 - sin1 * sin2)];
  return pen.line([0, 0, ...joint, ...tip], { stroke, width, opacity });
}

/** Swings with the motion of the second joint: pumps energy, and gets there in some 100 steps. */
const pumping: ReferenceFactory = (tasks, copiesPerTask) => {
  const actions = new Float32Array(tasks.length * copiesPerTask);
  return {
    act({ observation }) {
      for (let copy = 0; copy < actions.length; copy += 1)
        actions[copy] = (observation[copy * 6 + 4] as number) > 0 ? 0 : 2;
      return actions;
    },
  };
};

/**
 * Two rods to be swung up above the bar: Acrobot-v1 of Gymnasium, equation by equation; optionally with tasks that differ
 * in masses, gravity, friction, torque and delay. Reward −1 for each step, 0 for the one that gets there.
 *
 * References: `pump` (torque against the motion of the first joint), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Sutton. Generalization in Reinforcement Learning: Successful Examples Using Sparse Coarse Coding. NeurIPS 1996.
 *
 * @example
 * ```ts
 * import { acrobot } from '@tasklearn/environments';
 *
 * acrobot().spec.observation.shape; // => [6]
 * ```
 */
export function acrobot(options: Partial<AcrobotOptions> = {}): ControlDistribution {
  const settings = { ...acrobotDefaults, ...options };
  const { gravity, mass1, mass2, friction, torque, delay } = settings;
  const horizon = requireInteger('acrobot', settings, 'horizon');
  const body = variedBody(
    'acrobot',
    { gravity, mass1, mass2, friction, torque, delay },
    { mass1: 1e-6, mass2: 1e-6 },
  );
  return continuousDistribution({
    world: acrobotWorld(horizon, body.maximumDelay),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => {
        const [cos1, sin1, cos2, sin2] = [0, 1, 2, 3].map((index) => column(next, index)) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const tip = tf.neg(tf.add(cos1, tf.sub(tf.mul(cos1, cos2), tf.mul(sin1, sin2)))); // [...]
        return tf.sub(indicator(tf.greater(tip, 1)), 1);
      }),
    references: { pump: pumping },
    picture: {
      draw(task, trajectories) {
        const fans = trajectories.flatMap(({ observations, length }, index) => {
          const stroke = TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string;
          const every = Math.max(1, Math.floor(length / 40));
          const moments = Array.from({ length: Math.floor(length / every) + 1 }, (_, k) => k * every);
          return moments.map((step) =>
            rods(observations, step * 6, stroke, 2, 0.1 + (0.8 * step) / (length || 1)),
          );
        });
        return svg(view, [bar, ...fans], `Acrobot, task ${task.id}`);
      },
      drawFrame: (task, observation) =>
        svg(view, [bar, rods(observation, 0, INK.agent, 6, 1)], `Acrobot, task ${task.id}`),
    },
  });
}
