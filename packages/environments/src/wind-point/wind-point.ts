import { type ControlDistribution, requireInteger, requirePositive, type Varies } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, lengthOf } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import { drawParameters, type ParameterRange, requireRange } from '../continuous/parameter-range.js';
import type { World } from '../continuous/world.js';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { windPointOracle } from './wind-point-oracle.js';
import {
  stepWindPoint,
  WIND_POINT_GOAL,
  WIND_POINT_ZONE,
  type WindPointBody,
  windPointBody,
} from './wind-point-physics.js';

/** Options of the point in the wind; a range with two equal ends does not vary. */
export type WindPointOptions = {
  /** Steps of an episode. */
  readonly horizon: number;
  /** Success within this distance of the goal. */
  readonly tolerance: number;
  /** Speed added along y in each step inside the zone. */
  readonly wind: ParameterRange;
  /** Share of its speed that the point keeps. */
  readonly keep: ParameterRange;
  /** Speed gained by a full action. */
  readonly gain: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** One task, wind −0.012. */
export const windPointDefaults: WindPointOptions = {
  horizon: 50,
  tolerance: 0.05,
  wind: [-0.012, -0.012],
  keep: [0.9, 0.9],
  gain: [0.02, 0.02],
  trainingTasks: 0,
};

const distance = (next: Float32Array, n: number) =>
  Math.hypot((next[n] as number) - WIND_POINT_GOAL, next[n + 1] as number);

function windPointWorld({ horizon, tolerance }: WindPointOptions): World<WindPointBody> {
  return {
    id: '@tasklearn/environments/wind-point',
    spec: {
      observation: { shape: [4], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 4,
    bodyOf: windPointBody,
    begin: (state, s) => void state.fill(0, s, s + 4),
    advance(state, s, actions, a, body) {
      stepWindPoint(state, s, actions[a] as number, actions[a + 1] as number, body);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 4; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward: (_observation, _o, _actions, _a, next, n) => -distance(next, n),
    reached: (next, n) => distance(next, n) <= tolerance,
  };
}

const view: View = { left: -0.3, bottom: -0.6, width: 2.1, height: 1.2 };
const pen = penFor(view);
const scenery = [
  pen.rectangle(WIND_POINT_ZONE[0], view.bottom, WIND_POINT_ZONE[1] - WIND_POINT_ZONE[0], view.height, {
    fill: INK.agent,
    opacity: 0.12,
  }),
  pen.text((WIND_POINT_ZONE[0] + WIND_POINT_ZONE[1]) / 2, 0.5, 'wind'),
  pen.circle(WIND_POINT_GOAL, 0, 0.05, { fill: INK.goal }),
  pen.circle(0, 0, 0.02, { fill: INK.line, opacity: 0.5 }),
];

/**
 * A point that is to go from the origin to (1.5, 0) through a zone of wind: what is not explored there is not in the model.
 *
 * v′ = 0.9 v + 0.02 a + (0, wind) where 0.4 < x < 1, p′ = p + v′; reward −‖p′ − goal‖. Observes x, y, vx, vy.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { windPoint } from '@tasklearn/environments';
 *
 * windPoint().spec.horizon; // => 50
 * windPoint({ wind: [-0.02, 0.02] }).varies; // => ['dynamics']
 * ```
 */
export function windPoint(options: Partial<WindPointOptions> = {}): ControlDistribution {
  const settings = { ...windPointDefaults, ...options };
  const { wind, keep, gain } = settings;
  requireInteger('wind-point', settings, 'horizon');
  requirePositive('wind-point', settings, 'tolerance');
  const differs = (['wind', 'keep', 'gain'] as const).filter((key) =>
    requireRange('wind-point', settings, key),
  );
  const varies: readonly Varies[] = differs.length > 0 ? ['dynamics'] : [];
  return continuousDistribution({
    world: windPointWorld(settings),
    varies,
    trainingTasks: settings.trainingTasks,
    draw: (rng) => drawParameters(rng, { wind, keep, gain }),
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => tf.neg(lengthOf(tf.sub(columns(next, 0, 2), tf.tensor1d([WIND_POINT_GOAL, 0]))))), // [...]
    references: { oracle: windPointOracle },
    picture: {
      draw: (task, trajectories) =>
        svg(
          view,
          [
            ...scenery,
            ...trajectoryLines(pen, trajectories, (observation, o) => [
              observation[o] as number,
              observation[o + 1] as number,
            ]),
          ],
          `Point in the wind, task ${task.id}`,
        ),
      drawFrame: (task, observation) =>
        svg(
          view,
          [
            ...scenery,
            pen.circle(observation[0] as number, observation[1] as number, 0.03, { fill: INK.agent }),
          ],
          `Point in the wind, task ${task.id}`,
        ),
    },
  });
}
