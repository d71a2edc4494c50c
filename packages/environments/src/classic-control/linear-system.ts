import {
  type ControlDistribution,
  type ControlTask,
  requireInteger,
  requireNonNegative,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import { type LinearQuadraticProblem, type Matrix, riccatiStep } from '../continuous/linear-quadratic.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import type { World } from '../continuous/world.js';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';

/** Options of the linear system; a range with two equal ends does not vary. */
export type LinearSystemOptions = {
  /** Steps of an episode. */
  readonly horizon: number;
  /** Masses on springs, each with a position, a speed and a force of its own. */
  readonly axes: number;
  /** Of the springs. */
  readonly stiffness: ParameterRange;
  /** Force against each unit of speed. */
  readonly damping: ParameterRange;
  /** Force per unit of action. */
  readonly gain: ParameterRange;
  /** Standard deviation of what is added to each speed per step. */
  readonly noise: number;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** One free mass. */
export const linearSystemDefaults: LinearSystemOptions = {
  horizon: 50,
  axes: 1,
  stiffness: [0, 0],
  damping: [0, 0],
  gain: [1, 1],
  noise: 0,
  trainingTasks: 0,
};

/** Numbers of one mass's motion. */
interface Spring {
  readonly stiffness: number;
  readonly damping: number;
  readonly gain: number;
}

const STEP = 0.1;
const SPEED_COST = 0.1;
const ACTION_COST = 0.01;
/** So wide that optimal feedback stays within. */
const LIMIT = 20;

const springOf = ({ stiffness = 0, damping = 0, gain = 1 }: ControlTask['parameters']): Spring => ({
  stiffness,
  damping,
  gain,
});

/** The problem of one mass: A, B, Q, R. */
export function springProblem(parameters: ControlTask['parameters']): LinearQuadraticProblem {
  const { stiffness, damping, gain } = springOf(parameters);
  return {
    transition: [
      [1, STEP],
      [-STEP * stiffness, 1 - STEP * damping],
    ],
    control: [[0], [STEP * gain]],
    stateCost: [
      [1, 0],
      [0, SPEED_COST],
    ],
    actionCost: [[ACTION_COST]],
  };
}

/** State and observation: x, v of each mass, U(−1, 1) at first. */
function linearSystemWorld({ axes, horizon, noise }: LinearSystemOptions): World<Spring> {
  return {
    id: '@tasklearn/environments/linear-system',
    spec: {
      observation: { shape: [2 * axes], dtype: 'float32' },
      action: { shape: [axes], dtype: 'float32', minimum: -LIMIT, maximum: LIMIT },
      horizon,
      hasSuccess: false,
    },
    stateSize: 2 * axes,
    bodyOf: springOf,
    begin(state, s, _body, random, copy) {
      for (let index = 0; index < 2 * axes; index += 1) state[s + index] = 2 * random.uniform(copy) - 1;
    },
    advance(state, s, actions, a, { stiffness, damping, gain }, random, copy) {
      for (let axis = 0; axis < axes; axis += 1) {
        const x = state[s + 2 * axis] as number;
        const v = state[s + 2 * axis + 1] as number;
        const force = gain * (actions[a + axis] as number) - stiffness * x - damping * v;
        state[s + 2 * axis] = x + STEP * v;
        state[s + 2 * axis + 1] = v + STEP * force + (noise === 0 ? 0 : noise * random.gaussian(copy));
      }
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 2 * axes; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward(observation, o, actions, a) {
      let cost = 0;
      for (let axis = 0; axis < axes; axis += 1) {
        const x = observation[o + 2 * axis] as number;
        const v = observation[o + 2 * axis + 1] as number;
        cost += x * x + SPEED_COST * v * v + ACTION_COST * (actions[a + axis] as number) ** 2;
      }
      return -cost;
    },
  };
}

/**
 * Gains of the finite-horizon optimum, that of the first step first, and the matrix of the optimal cost: the last action is 0.
 *
 * @returns `gains` [H][2], `value` P with cost sᵀP s.
 */
export function springOptimum(
  problem: LinearQuadraticProblem,
  horizon: number,
): { readonly gains: readonly (readonly number[])[]; readonly value: Matrix } {
  let value: Matrix = [
    [0, 0],
    [0, 0],
  ];
  const gains: (readonly number[])[] = [];
  for (let step = 0; step < horizon; step += 1) {
    const solution = riccatiStep(problem, value);
    gains.unshift(solution.gain[0] as readonly number[]);
    value = solution.value;
  }
  return { gains, value };
}

/** The optimum: Riccati feedback that knows the task and the steps left. */
const optimal =
  ({ axes, horizon }: LinearSystemOptions): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const optima = tasks.map((task) => springOptimum(springProblem(task.parameters), horizon).gains);
    const copies = tasks.length * copiesPerTask;
    const actions = new Float32Array(copies * axes);
    const made = new Int32Array(copies);
    return {
      act({ observation, stepType }) {
        for (let copy = 0; copy < copies; copy += 1) {
          if (stepType[copy] === 0) made[copy] = 0;
          const time = made[copy] as number;
          const gain = (optima[Math.floor(copy / copiesPerTask)]?.[time] ?? [0, 0]) as readonly [
            number,
            number,
          ];
          for (let axis = 0; axis < axes; axis += 1) {
            const o = (copy * axes + axis) * 2;
            actions[copy * axes + axis] =
              -gain[0] * (observation[o] as number) - gain[1] * (observation[o + 1] as number);
          }
          made[copy] = time + 1;
        }
        return actions;
      },
    };
  };

const view: View = { left: -1.5, bottom: -2, width: 3, height: 4 };
const pen = penFor(view);
const axesDrawn = [
  pen.line([-1.5, 0, 1.5, 0], { stroke: INK.line, opacity: 0.3 }),
  pen.line([0, -2, 0, 2], { stroke: INK.line, opacity: 0.3 }),
];

/**
 * Masses on springs with quadratic cost: the one continuous world whose optimum is known exactly.
 *
 * x′ = x + 0.1 v, v′ = v + 0.1 (gain a − stiffness x − damping v), reward −(x² + 0.1 v² + 0.01 a²) summed over the axes
 *
 * References: `optimal` (finite-horizon Riccati feedback), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Anderson, Moore. Optimal Control: Linear Quadratic Methods. 1990.
 *
 * @example
 * ```ts
 * import { linearSystem } from '@tasklearn/environments';
 *
 * linearSystem({ axes: 2, stiffness: [0.5, 2] }).spec.observation.shape; // => [4]
 * ```
 */
export function linearSystem(options: Partial<LinearSystemOptions> = {}): ControlDistribution {
  const settings = { ...linearSystemDefaults, ...options };
  const { stiffness, damping, gain, axes } = settings;
  requireInteger('linear-system', settings, 'horizon');
  requireInteger('linear-system', settings, 'axes');
  requireNonNegative('linear-system', settings, 'noise');
  const body = variedBody('linear-system', { stiffness, damping, gain }, { gain: Number.NEGATIVE_INFINITY });
  const weights = Array.from({ length: 2 * axes }, (_, index) => (index % 2 === 0 ? 1 : SPEED_COST));
  return continuousDistribution({
    world: linearSystemWorld(settings),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: (_task, observation, action) =>
      tf.tidy(() => {
        const ofState = tf.sum(
          tf.mul(tf.square(columns(observation, 0, 2 * axes)), tf.tensor1d(weights)),
          -1,
        );
        const ofAction = tf.sum(tf.square(tf.clipByValue(action, -LIMIT, LIMIT)), -1);
        return tf.neg(tf.add(ofState, tf.mul(ACTION_COST, ofAction))); // [...]
      }),
    references: { optimal: optimal(settings) },
    picture: {
      draw: (task, trajectories) =>
        svg(
          view,
          [
            ...axesDrawn,
            ...trajectoryLines(pen, trajectories, (observation, o) => [
              observation[o] as number,
              observation[o + 1] as number,
            ]),
          ],
          `Linear system, position and speed, task ${task.id}`,
        ),
      drawFrame(task, observation) {
        const points = Array.from({ length: axes }, (_, axis) =>
          pen.circle(observation[2 * axis] as number, observation[2 * axis + 1] as number, 0.06, {
            fill: INK.agent,
          }),
        );
        return svg(view, [...axesDrawn, ...points], `Linear system, task ${task.id}`);
      },
    },
  });
}
