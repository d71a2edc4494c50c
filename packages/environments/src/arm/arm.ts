import {
  type ControlDistribution,
  type ControlTask,
  type Rng,
  requireInteger,
  requireOneOf,
  type Split,
  type Varies,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, lengthOf } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import { drawParameters, type ParameterRange, requireRange } from '../continuous/parameter-range.js';
import type { World } from '../continuous/world.js';
import { armOracle } from './arm-oracle.js';
import { type ArmBody, stepArm, tipOf } from './arm-physics.js';
import { armPicture } from './arm-picture.js';
import { DIGIT_POINTS, digitPoints } from './digits.js';

/** Options of the arm; a range with two equal ends does not vary. */
export type ArmOptions = {
  /** `reach`: keep the tip at a point; `digits`: trace the way-points of a digit. */
  readonly task: 'reach' | 'digits';
  /** Steps of an episode; way-points last for two each in forty. */
  readonly horizon: number;
  /** Torque per unit of action. */
  readonly gain: ParameterRange;
  /** Pull on each link. */
  readonly gravity: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. Digits are finitely many anyway. */
  readonly trainingTasks: number;
};

/** Points to reach. */
export const armDefaults: ArmOptions = {
  task: 'reach',
  horizon: 40,
  gain: [1, 1],
  gravity: [0.03, 0.03],
  trainingTasks: 0,
};

/** The arm, and where its tip is to be. */
interface ArmTask extends ArmBody {
  /** [20 * 2]. */
  readonly waypoints: Float64Array;
}

/** Digits to train on and, for validation and test, digits held back. */
const DIGITS: Readonly<Record<Split, readonly number[]>> = {
  train: [0, 1, 2, 3, 4],
  validation: [5, 8],
  test: [6, 7, 9],
};

function bodyOf({
  gain = 1,
  gravity = 0.03,
  digit,
  targetX = 0.4,
  targetY = 0.4,
}: ControlTask['parameters']): ArmTask {
  const waypoints =
    digit === undefined
      ? Float64Array.from({ length: 2 * DIGIT_POINTS }, (_, index) => (index % 2 === 0 ? targetX : targetY))
      : digitPoints(digit);
  return { gain, gravity, waypoints };
}

/**
 * State: angles, speeds, steps made. Observation: cos, sin of the three relative angles, speeds, tip x, y, way-point
 * for the step to come.
 */
function armWorld(horizon: number): World<ArmTask> {
  const pointAt = (time: number) => Math.min(DIGIT_POINTS - 1, Math.floor((time * DIGIT_POINTS) / horizon));
  return {
    id: '@tasklearn/environments/arm',
    spec: {
      observation: { shape: [13], dtype: 'float32' },
      action: { shape: [3], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 7,
    bodyOf,
    begin(state, s) {
      state.fill(0, s, s + 7);
      state[s] = Math.PI / 4;
      state[s + 1] = 0.8;
      state[s + 2] = -1.2;
    },
    advance(state, s, actions, a, body) {
      stepArm(state, s, actions, a, body);
      state[s + 6] = (state[s + 6] as number) + 1;
      return false;
    },
    observe(state, s, body, observation, o) {
      for (let joint = 0; joint < 3; joint += 1) {
        observation[o + joint] = Math.cos(state[s + joint] as number);
        observation[o + 3 + joint] = Math.sin(state[s + joint] as number);
        observation[o + 6 + joint] = state[s + 3 + joint] as number;
      }
      const [x, y] = tipOf(state[s] as number, state[s + 1] as number, state[s + 2] as number);
      const point = pointAt(state[s + 6] as number);
      observation[o + 9] = x;
      observation[o + 10] = y;
      observation[o + 11] = body.waypoints[2 * point] as number;
      observation[o + 12] = body.waypoints[2 * point + 1] as number;
    },
    // The way-point that was shown before the step.
    reward: (observation, o, _actions, _a, next, n) =>
      -Math.hypot(
        (next[n + 9] as number) - (observation[o + 11] as number),
        (next[n + 10] as number) - (observation[o + 12] as number),
      ),
    reached: (next, n) =>
      Math.hypot(
        (next[n + 9] as number) - (next[n + 11] as number),
        (next[n + 10] as number) - (next[n + 12] as number),
      ) <= 0.05,
  };
}

function drawTask({ task, gain, gravity }: ArmOptions) {
  return (rng: Rng, split: Split, index: number): Readonly<Record<string, number>> => {
    const body = drawParameters(rng, { gain, gravity });
    if (task === 'digits') return { ...body, digit: DIGITS[split][index % DIGITS[split].length] as number };
    const target = rng.split('target');
    return { ...body, targetX: 0.2 + 0.4 * target.next(), targetY: 0.2 + 0.4 * target.next() };
  };
}

/**
 * An arm of three links whose tip is to be at a point, or to follow the way-points of a digit in [0.2, 0.6]²: digits 0-4 to
 * train on, 6, 7 and 9 for test.
 *
 * ω′ = 0.9 ω + 0.1 gain a − gravity cos(absolute angle), θ′ = θ + 0.1 ω′; reward −‖tip′ − way-point‖.
 *
 * Observes cosines and sines of the joint angles, joint speeds, tip and way-point. References: `oracle` (Jacobian
 * transpose servo, gravity undone), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { arm } from '@tasklearn/environments';
 *
 * arm({ task: 'digits' }).task('test', 1, createRng(0)).parameters.digit; // => 7
 * ```
 */
export function arm(options: Partial<ArmOptions> = {}): ControlDistribution {
  const settings = { ...armDefaults, ...options };
  const horizon = requireInteger('arm', settings, 'horizon');
  const digits = requireOneOf('arm', settings, 'task', ['reach', 'digits']) === 'digits';
  const dynamics = [
    requireRange('arm', settings, 'gain', 1e-6),
    requireRange('arm', settings, 'gravity', 0),
  ].includes(true);
  const varies: readonly Varies[] = dynamics ? ['reward', 'dynamics'] : ['reward'];
  return continuousDistribution({
    world: armWorld(horizon),
    varies,
    trainingTasks: digits ? DIGITS.train.length : settings.trainingTasks,
    draw: drawTask(settings),
    recordableReward: (_task, observation, _action, next) =>
      tf.tidy(() => tf.neg(lengthOf(tf.sub(columns(next, 9, 2), columns(observation, 11, 2))))), // [...]
    references: { oracle: armOracle },
    picture: armPicture,
  });
}
