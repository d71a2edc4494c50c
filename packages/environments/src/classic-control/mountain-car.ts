import { type ControlDistribution, requireInteger, requireOneOf } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, indicator } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import { INK, penFor, svg, TRAJECTORY_INK, type View } from '../picture/svg.js';
import {
  continuousMountainCar,
  discreteMountainCar,
  MOUNTAIN,
  mountainCarWorld,
} from './mountain-car-world.js';

/** Options of the mountain car; a range with two equal ends does not vary. */
export type MountainCarOptions = {
  /** `discrete`: MountainCar-v0, 200 steps; `continuous`: MountainCarContinuous-v0, 999 steps. */
  readonly actions: 'discrete' | 'continuous';
  /** Steps of an episode; `null` for those of the original. */
  readonly horizon: number | null;
  /** Strength of the engine as a multiple of the original's. */
  readonly power: ParameterRange;
  /** As a multiple of the original's. */
  readonly gravity: ParameterRange;
  /** Share of its speed that the car loses per step. */
  readonly friction: ParameterRange;
  /** Steps until an action takes effect: integers. */
  readonly delay: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** MountainCar-v0. */
export const mountainCarDefaults: MountainCarOptions = {
  actions: 'discrete',
  horizon: null,
  power: [1, 1],
  gravity: [1, 1],
  friction: [0, 0],
  delay: [0, 0],
  trainingTasks: 0,
};

const view: View = { left: -1.3, bottom: -0.1, width: 2, height: 1.3 };
const pen = penFor(view);
const height = (position: number) => 0.45 * Math.sin(3 * position) + 0.55;
const ground = pen.line(
  Array.from({ length: 61 }, (_, k) => MOUNTAIN.left + (k * (MOUNTAIN.right - MOUNTAIN.left)) / 60).flatMap(
    (x) => [x, height(x)],
  ),
  { stroke: INK.line, opacity: 0.7 },
);

/** Full power with the motion: reaches the top in some 120 steps. */
const withTheMotion =
  (continuous: boolean): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const actions = new Float32Array(tasks.length * copiesPerTask);
    return {
      act({ observation }) {
        for (let copy = 0; copy < actions.length; copy += 1) {
          const forward = (observation[copy * 2 + 1] as number) >= 0;
          actions[copy] = forward ? (continuous ? 1 : 2) : continuous ? -1 : 0;
        }
        return actions;
      },
    };
  };

/**
 * A car too weak for its mountain, which has to gain speed on the other side first: MountainCar-v0 or, with continuous
 * actions, MountainCarContinuous-v0 of Gymnasium, equation by equation; optionally with tasks that differ in power,
 * gravity, friction and delay.
 *
 * The continuous reward counts the action after clipping, where the original counts it before. References: `swing` (full
 * power with the motion), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Moore. Efficient Memory-based Learning for Robot Control. University of Cambridge 1990.
 *
 * @example
 * ```ts
 * import { mountainCar } from '@tasklearn/environments';
 *
 * mountainCar({ actions: 'continuous' }).spec.horizon; // => 999
 * ```
 */
export function mountainCar(options: Partial<MountainCarOptions> = {}): ControlDistribution {
  const given = { ...mountainCarDefaults, ...options };
  const continuous =
    requireOneOf('mountain-car', given, 'actions', ['discrete', 'continuous']) === 'continuous';
  const settings = { ...given, horizon: given.horizon ?? (continuous ? 999 : 200) };
  const { power, gravity, friction, delay } = settings;
  const kind = continuous ? continuousMountainCar : discreteMountainCar;
  const body = variedBody('mountain-car', { power, gravity, friction, delay });
  return continuousDistribution({
    world: mountainCarWorld(kind, requireInteger('mountain-car', settings, 'horizon'), body.maximumDelay),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw(rng) {
      const { power: share = 1, gravity: pull = 1, ...others } = body.draw(rng);
      return { ...others, force: kind.force * share, gravity: 0.0025 * pull };
    },
    recordableReward: (_task, _observation, action, next) =>
      tf.tidy(() => {
        if (!continuous) return tf.fill(next.shape.slice(0, -1), -1);
        const arrived = tf.mul(
          indicator(tf.greaterEqual(column(next, 0), Math.fround(kind.goal))),
          indicator(tf.greaterEqual(column(next, 1), 0)),
        );
        const effort = tf.square(tf.clipByValue(column(action, 0), -1, 1));
        return tf.sub(tf.mul(100, arrived), tf.mul(0.1, effort)); // [...]
      }),
    references: { swing: withTheMotion(continuous) },
    picture: {
      draw(task, trajectories) {
        const flag = pen.line([kind.goal, height(kind.goal), kind.goal, height(kind.goal) + 0.15], {
          stroke: INK.goal,
          width: 3,
        });
        const lines = trajectories.map(({ observations, length }, index) => {
          // Lifted off the ground with time, so that the swings can be told apart.
          const points = Array.from({ length: length + 1 }, (_, step) => {
            const x = observations[step * 2] as number;
            return [x, height(x) + 0.02 + (0.25 * step) / (length || 1)];
          });
          return pen.line(points.flat(), { stroke: TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string });
        });
        return svg(view, [ground, flag, ...lines], `Mountain car, task ${task.id}`);
      },
      drawFrame(task, observation) {
        const x = observation[0] as number;
        const flag = pen.line([kind.goal, height(kind.goal), kind.goal, height(kind.goal) + 0.15], {
          stroke: INK.goal,
          width: 3,
        });
        const car = pen.circle(x, height(x) + 0.03, 0.04, { fill: INK.agent });
        return svg(view, [ground, flag, car], `Mountain car, task ${task.id}`);
      },
    },
  });
}
