import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, indicator } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { INK, penFor, svg, TRAJECTORY_INK, type View } from '../picture/svg.js';

/** Options of the world of steps. */
export type StepWorldOptions = {
  /** Steps of an episode. */
  readonly horizon: number;
};

/** Twenty steps. */
export const stepWorldDefaults: StepWorldOptions = { horizon: 20 };

const GOAL = 1;
const WIDTH = 0.05;

/** 1[|x − 1| < 0.05] minus |x − 1| in tenths, rounded down. */
function stepReward(x: number): number {
  const off = Math.round(100 * Math.abs(x - GOAL)); // In hundredths, exactly.
  return (off < 100 * WIDTH ? 1 : 0) - Math.floor(off / 10) / 10;
}

function stepWorldWorld(horizon: number): World<object> {
  return {
    id: '@tasklearn/environments/step-world',
    spec: {
      observation: { shape: [1], dtype: 'float32' },
      action: { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 1,
    bodyOf: () => ({}),
    begin: (state, s) => void state.fill(0, s, s + 1),
    advance(state, s, actions, a) {
      // Hundredths, so that sums of them are exact to the precision of the observation.
      const moved = 2 * Math.round(5 * (actions[a] as number));
      state[s] = Math.round(100 * (state[s] as number) + moved) / 100;
      return false;
    },
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
    },
    reward: (_observation, _o, _actions, _a, next, n) => stepReward(next[n] as number),
    reached: (next, n) => Math.round(100 * Math.abs((next[n] as number) - GOAL)) < 100 * WIDTH,
  };
}

/** Full speed to 1, and stays. */
const stepOracle: ReferenceFactory = (tasks, copiesPerTask) => {
  const actions = new Float32Array(tasks.length * copiesPerTask);
  return {
    act({ observation }) {
      for (let copy = 0; copy < actions.length; copy += 1)
        actions[copy] = Math.min(1, Math.max(-1, 10 * (GOAL - (observation[copy] as number))));
      return actions;
    },
  };
};

const view: View = { left: 0, bottom: -0.6, width: 2.4, height: 2.2 };
const pen = penFor(view);
const goal = pen.rectangle(0, GOAL - WIDTH, 2.4, 2 * WIDTH, { fill: INK.goal, opacity: 0.4 });

/**
 * A point on a line whose motion and reward are steps: almost everywhere their gradient is zero, so that planners which
 * follow gradients stay where they are, and planners which sample do not.
 *
 * x′ = x + 0.1 round(5a) / 5, reward 1[|x′ − 1| < 0.05] − ⌊10 |x′ − 1|⌋ / 10, from x = 0.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { stepWorld } from '@tasklearn/environments';
 *
 * stepWorld().spec.horizon; // => 20
 * ```
 */
export function stepWorld(options: Partial<StepWorldOptions> = {}): ControlDistribution {
  const settings = { ...stepWorldDefaults, ...options };
  const horizon = requireInteger('step-world', settings, 'horizon');
  return continuousDistribution({
    world: stepWorldWorld(horizon),
    varies: [],
    draw: () => ({}),
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => {
        const x = tf.div(tf.round(tf.mul(100, column(next, 0))), 100);
        const off = tf.abs(tf.sub(x, GOAL)); // [...]
        // Hundredths again, lest 10 · 0.3 fall short of 3.
        const tenths = tf.div(tf.floor(tf.add(tf.mul(10, off), 1e-3)), 10);
        return tf.sub(indicator(tf.less(off, WIDTH - 1e-4)), tenths);
      }),
    references: { oracle: stepOracle },
    picture: {
      draw: (task, trajectories) =>
        svg(
          view,
          [
            goal,
            ...trajectories.map(({ observations }, index) =>
              pen.line(
                [...observations].flatMap((x, step) => [(2.4 * step) / horizon, x]),
                { stroke: TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string },
              ),
            ),
          ],
          `World of steps, position over time, task ${task.id}`,
        ),
      drawFrame: (task, observation) =>
        svg(
          view,
          [goal, pen.circle(1.2, observation[0] as number, 0.05, { fill: INK.agent })],
          `World of steps, task ${task.id}`,
        ),
    },
  });
}
