import { type ControlDistribution, type GoalLayout, requireInRange } from '@tasklearn/core';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import type { StepRandom } from '../vectorised/step-random.js';
import { goalLaw } from './goal-law.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from './goal-options.js';
import { HAND_STEP } from './push-physics.js';

/** Options of picking and placing. */
export type PickAndPlaceOptions = GoalOptions & {
  /** Share of the goals that are in the air. */
  readonly inTheAir: number;
};

/** Half of the goals in the air. */
export const pickAndPlaceDefaults: PickAndPlaceOptions = { ...goalDefaults, inTheAir: 0.5 };

/** The hand grips an object that is nearer than this. */
const GRASP = 0.03;

/** The hand's highest place. */
const CEILING = 0.4;

/** An object that is let go falls so far per step. */
const FALL = 0.1;

const goal: GoalLayout = { size: 3, achieved: 4, desired: 7 };

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Draws a start and a goal. */
function beginPick(state: Float64Array, s: number, inTheAir: number, random: StepRandom, copy: number): void {
  state[s] = 0.5;
  state[s + 1] = 0.5;
  state[s + 2] = 0.2;
  state[s + 3] = 0;
  state[s + 10] = 0;
  state[s + 4] = 0.3 + 0.4 * random.uniform(copy);
  state[s + 5] = 0.3 + 0.4 * random.uniform(copy);
  state[s + 6] = 0;
  const raised = random.uniform(copy) < inTheAir;
  do {
    state[s + 7] = 0.2 + 0.6 * random.uniform(copy);
    state[s + 8] = 0.2 + 0.6 * random.uniform(copy);
    state[s + 9] = raised ? 0.1 + 0.2 * random.uniform(copy) : 0;
  } while (
    Math.hypot(
      (state[s + 7] as number) - (state[s + 4] as number),
      (state[s + 8] as number) - (state[s + 5] as number),
    ) < 0.15
  );
}

/** Moves the hand, then opens or closes it; what is held goes with it, what is let go falls. */
function stepPick(state: Float64Array, s: number, actions: Float32Array, a: number): void {
  for (let axis = 0; axis < 3; axis += 1)
    state[s + axis] = clamp(
      (state[s + axis] as number) + HAND_STEP * (actions[a + axis] as number),
      0,
      axis === 2 ? CEILING : 1,
    );
  const closes = (actions[a + 3] as number) > 0;
  const near =
    Math.hypot(
      (state[s] as number) - (state[s + 4] as number),
      (state[s + 1] as number) - (state[s + 5] as number),
      (state[s + 2] as number) - (state[s + 6] as number),
    ) <= GRASP;
  const held = closes && (state[s + 10] === 1 || (state[s + 3] === 0 && near));
  state[s + 3] = closes ? 1 : 0;
  state[s + 10] = held ? 1 : 0;
  for (let axis = 0; axis < 3; axis += 1) if (held) state[s + 4 + axis] = state[s + axis] as number;
  if (!held) state[s + 6] = Math.max(0, (state[s + 6] as number) - FALL);
}

/**
 * State: hand x, y, z, closed (0 or 1), object x, y, z, goal x, y, z, held (0 or 1). The observation is all but the last.
 */
function pickAndPlaceWorld({ horizon, tolerance, reward, inTheAir }: PickAndPlaceOptions): World<object> {
  const law = goalLaw(goal, tolerance, reward);
  return {
    id: '@tasklearn/environments/pick-and-place',
    spec: {
      observation: { shape: [10], dtype: 'float32' },
      action: { shape: [4], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 11,
    bodyOf: () => ({}),
    begin: (state, s, _body, random, copy) => beginPick(state, s, inTheAir, random, copy),
    advance(state, s, actions, a) {
      stepPick(state, s, actions, a);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 10; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward: law.reward,
    reached: law.reached,
  };
}

/** Down to the object, grips it, carries it to the goal and stays. */
const pickExpert: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 4);
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) {
        const now = observation.subarray(copy * 10, copy * 10 + 10);
        const apart = Math.hypot(
          (now[0] as number) - (now[4] as number),
          (now[1] as number) - (now[5] as number),
          (now[2] as number) - (now[6] as number),
        );
        const holds = now[3] === 1 && apart < 1e-4;
        for (let axis = 0; axis < 3; axis += 1) {
          const target = now[(holds ? 7 : 4) + axis] as number;
          actions[copy * 4 + axis] = clamp((target - (now[axis] as number)) / HAND_STEP, -1, 1);
        }
        // Closes in the step that brings it there; opens again where it has closed on nothing.
        const reach = Math.hypot(
          ...[0, 1, 2].map((axis) => {
            const left = Math.abs((now[4 + axis] as number) - (now[axis] as number));
            return Math.max(0, left - HAND_STEP);
          }),
        );
        actions[copy * 4 + 3] = holds || (now[3] === 0 && reach < 0.01) ? 1 : -1;
      }
      return actions;
    },
  };
};

const view: View = { left: -0.05, bottom: -0.5, width: 1.1, height: 1.55 };
const pen = penFor(view);
const edges = [
  pen.rectangle(0, 0, 1, 1, { stroke: INK.line, opacity: 0.6 }),
  pen.line([0, -0.48, 1, -0.48], { stroke: INK.line, opacity: 0.6 }),
  pen.text(0.08, 0.93, 'above'),
  pen.text(0.08, -0.12, 'side'),
];
/** A point twice: seen from above, and from the side below that. */
const twice = (observation: Float32Array, at: number, radius: number, fill: string, opacity = 1) => [
  pen.circle(observation[at] as number, observation[at + 1] as number, radius, { fill, opacity }),
  pen.circle(observation[at] as number, (observation[at + 2] as number) - 0.45, radius, { fill, opacity }),
];

/**
 * A hand with a gripper that is to bring an object to a goal, on the table or in the air. The object is gripped where the
 * hand closes within 0.03 of it, moves with the hand while that is closed, and falls when let go.
 *
 * Actions: dx, dy, dz (0.05 per step at full), grip (closed where > 0). Observes hand, closed, object, goal. Success:
 * |object − goal| <= 0.05. References: `expert` (scripted), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Plappert and others. Multi-Goal Reinforcement Learning. 2018. arXiv:1802.09464 (FetchPickAndPlace, kinematic).
 *
 * @example
 * ```ts
 * import { pickAndPlace } from '@tasklearn/environments';
 *
 * pickAndPlace().spec.goal; // => { size: 3, achieved: 4, desired: 7 }
 * ```
 */
export function pickAndPlace(options: Partial<PickAndPlaceOptions> = {}): ControlDistribution {
  const settings = { ...pickAndPlaceDefaults, ...options };
  checkGoalOptions('pick-and-place', settings);
  requireInRange('pick-and-place', settings, 'inTheAir', 0, 1);
  return continuousDistribution({
    world: pickAndPlaceWorld(settings),
    varies: [],
    draw: () => ({}),
    recordableReward: goalLaw(goal, settings.tolerance, settings.reward).recordableReward,
    references: { expert: pickExpert },
    picture: {
      draw: (task, trajectories) =>
        svg(
          view,
          [
            ...edges,
            ...trajectories.flatMap(({ observations }) => [
              ...twice(observations, 7, settings.tolerance, INK.goal, 0.45),
              ...twice(observations, 4, 0.03, INK.object, 0.8),
            ]),
            ...trajectoryLines(pen, trajectories, (observation, o) => [
              observation[o + 4] as number,
              observation[o + 5] as number,
            ]),
            ...trajectoryLines(pen, trajectories, (observation, o) => [
              observation[o + 4] as number,
              (observation[o + 6] as number) - 0.45,
            ]),
          ],
          `Pick and place, task ${task.id}`,
        ),
      drawFrame: (task, observation) =>
        svg(
          view,
          [
            ...edges,
            ...twice(observation, 7, settings.tolerance, INK.goal, 0.45),
            ...twice(observation, 4, 0.035, INK.object),
            ...twice(observation, 0, observation[3] === 1 ? 0.02 : 0.028, INK.agent, 0.8),
          ],
          `Pick and place, task ${task.id}`,
        ),
    },
  });
}
