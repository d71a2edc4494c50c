import { type ControlDistribution, requireInteger, requireOneOf, type Varies } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, lengthOf } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { BALL_RADIUS, stepBaoding } from './baoding-physics.js';

/** Options of the balls on a tray. */
export type BaodingOptions = {
  /** Roll both balls around the tray, one way or the other; or bring ball A to a point, whatever B does. */
  readonly task: 'counter-clockwise' | 'clockwise' | 'target';
  /** Steps of an episode. */
  readonly horizon: number;
  /** Of `target`: size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Counter-clockwise. */
export const baodingDefaults: BaodingOptions = { task: 'counter-clockwise', horizon: 100, trainingTasks: 0 };

/** What is wanted: a point for ball A, or a sense of rotation. */
interface BaodingTask {
  /** 1 counter-clockwise, −1 clockwise, 0 a target. */
  readonly turn: number;
  readonly targetX: number;
  readonly targetY: number;
}

const bodyOf =
  (task: BaodingOptions['task']) =>
  ({ targetX = 0, targetY = 0 }: Readonly<Record<string, number>>): BaodingTask => ({
    turn: task === 'target' ? 0 : task === 'clockwise' ? -1 : 1,
    targetX,
    targetY,
  });

/** Speed of a ball around the middle of the tray. */
function tangential(next: Float32Array, n: number, ball: number): number {
  const [x, y] = [next[n + 2 * ball] as number, next[n + 2 * ball + 1] as number];
  const [vx, vy] = [next[n + 4 + 2 * ball] as number, next[n + 5 + 2 * ball] as number];
  return (x * vy - y * vx) / Math.max(0.1, Math.hypot(x, y));
}

const distance = (next: Float32Array, n: number, { targetX, targetY }: BaodingTask) =>
  Math.hypot((next[n] as number) - targetX, (next[n + 1] as number) - targetY);

/** State and observation: places of A and B, their velocities. They start at (±0.5, 0), about. */
function baodingWorld({ task, horizon }: BaodingOptions): World<BaodingTask> {
  return {
    id: '@tasklearn/environments/baoding',
    spec: {
      observation: { shape: [8], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: task === 'target',
    },
    stateSize: 8,
    bodyOf: bodyOf(task),
    begin(state, s, _body, random, copy) {
      state.fill(0, s, s + 8);
      for (let index = 0; index < 4; index += 1) state[s + index] = 0.1 * random.uniform(copy) - 0.05;
      state[s] = (state[s] as number) + 0.5;
      state[s + 2] = (state[s + 2] as number) - 0.5;
    },
    advance(state, s, actions, a) {
      stepBaoding(state, s, actions[a] as number, actions[a + 1] as number);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 8; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward: (_observation, _o, _actions, _a, next, n, body) =>
      body.turn === 0
        ? -distance(next, n, body)
        : (body.turn * (tangential(next, n, 0) + tangential(next, n, 1))) / 2,
    ...(task === 'target' ? { reached: (next, n, body) => distance(next, n, body) <= 0.1 } : {}),
  };
}

/** Tilts along the rim where ball A is, with a pull toward the rim; or servos ball A to its target. */
const baodingExpert =
  (task: BaodingOptions['task']): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const actions = new Float32Array(copies * 2);
    const wanted = tasks.map(({ parameters }) => bodyOf(task)(parameters));
    return {
      act({ observation }) {
        for (let copy = 0; copy < copies; copy += 1) {
          const { turn, targetX, targetY } = wanted[Math.floor(copy / copiesPerTask)] as BaodingTask;
          const [x = 0, y = 0, , , vx = 0, vy = 0] = observation.subarray(copy * 8, copy * 8 + 8);
          const far = Math.hypot(x, y) || 1;
          const servoX = 4 * (targetX - x) - 2 * vx;
          const servoY = 4 * (targetY - y) - 2 * vy;
          actions[copy * 2] = turn === 0 ? servoX : (-turn * y + 0.5 * x) / far;
          actions[copy * 2 + 1] = turn === 0 ? servoY : (turn * x + 0.5 * y) / far;
        }
        return actions;
      },
    };
  };

const view: View = { left: -1.05, bottom: -1.05, width: 2.1, height: 2.1 };
const pen = penFor(view);
const tray = pen.circle(0, 0, 1, { stroke: INK.line, opacity: 0.7 });

/**
 * Two balls on a round tray that is tilted: they are to be rolled around it, or one of them brought to a point. One world
 * with several rewards, so that a model learnt for one can plan for another.
 *
 * References: `expert` (scripted), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Nagabandi, Konolige, Levine, Kumar. Deep Dynamics Models for Learning Dexterous Manipulation. CoRL 2019.
 *   arXiv:1909.11652, whose Baoding balls this brings to the plane.
 *
 * @example
 * ```ts
 * import { baoding } from '@tasklearn/environments';
 *
 * baoding({ task: 'target' }).varies; // => ['reward']
 * ```
 */
export function baoding(options: Partial<BaodingOptions> = {}): ControlDistribution {
  const settings = { ...baodingDefaults, ...options };
  requireOneOf('baoding', settings, 'task', ['counter-clockwise', 'clockwise', 'target']);
  requireInteger('baoding', settings, 'horizon');
  const toTarget = settings.task === 'target';
  const varies: readonly Varies[] = toTarget ? ['reward'] : [];
  const mark = ({ targetX = 0, targetY = 0 }: Readonly<Record<string, number>>) =>
    toTarget ? [pen.circle(targetX, targetY, 0.1, { fill: INK.goal, opacity: 0.5 })] : [];
  return continuousDistribution({
    world: baodingWorld(settings),
    varies,
    trainingTasks: settings.trainingTasks,
    draw(rng) {
      if (!toTarget) return {};
      const [radius, angle] = [0.7 * Math.sqrt(rng.next()), 2 * Math.PI * rng.next()];
      return { targetX: radius * Math.cos(angle), targetY: radius * Math.sin(angle) };
    },
    recordableReward: (task, _observation, _action, next) =>
      tf.tidy(() => {
        const { turn, targetX, targetY } = bodyOf(settings.task)(task.parameters);
        if (turn === 0) return tf.neg(lengthOf(tf.sub(columns(next, 0, 2), tf.tensor1d([targetX, targetY]))));
        const around = [0, 1].map((ball) => {
          const place = columns(next, 2 * ball, 2); // [..., 2]
          const [x, y] = tf.split(place, 2, -1) as [tf.Tensor, tf.Tensor];
          const across = tf.concat([tf.neg(y), x], -1); // Perpendicular, [..., 2]
          const moment = tf.sum(tf.mul(across, columns(next, 4 + 2 * ball, 2)), -1); // [...]
          return tf.div(moment, tf.maximum(lengthOf(place), 0.1));
        }) as [tf.Tensor, tf.Tensor];
        return tf.mul(turn / 2, tf.add(...around));
      }),
    references: { expert: baodingExpert(settings.task) },
    picture: {
      draw: (task, trajectories) =>
        svg(
          view,
          [
            tray,
            ...mark(task.parameters),
            ...trajectoryLines(pen, trajectories, (observation, o) => [
              observation[o] as number,
              observation[o + 1] as number,
            ]),
          ],
          `Balls on a tray, path of ball A, task ${task.id}`,
        ),
      drawFrame(task, observation) {
        const balls = [0, 1].map((ball) =>
          pen.circle(observation[2 * ball] as number, observation[2 * ball + 1] as number, BALL_RADIUS, {
            fill: ball === 0 ? INK.agent : INK.object,
            opacity: 0.85,
          }),
        );
        return svg(view, [tray, ...mark(task.parameters), ...balls], `Balls on a tray, task ${task.id}`);
      },
    },
  });
}
