import { type ControlDistribution, type GoalLayout, requireInteger } from '@tasklearn/core';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import type { World } from '../continuous/world.js';
import { INK } from '../picture/svg.js';
import { goalLaw } from './goal-law.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from './goal-options.js';
import { moveToward } from './push-expert.js';
import { HAND_RADIUS, HAND_STEP } from './push-physics.js';
import { PUCK_RADIUS, SLIDE_REACH, SLIDE_STEP, slideSpeed, slideStep } from './slide-physics.js';
import { tablePen, tablePicture } from './table-picture.js';

/** Options of the sliding puck. */
export type SlideOptions = GoalOptions & {
  /** Coefficient of friction between puck and table, > 0. */
  readonly friction: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Friction 0.05. */
export const slideDefaults: SlideOptions = { ...goalDefaults, friction: [0.05, 0.05], trainingTasks: 0 };

const goal: GoalLayout = { size: 2, achieved: 2, desired: 6 };

/** State and observation: hand, puck, its velocity, goal. */
function slideWorld({ horizon, tolerance, reward }: SlideOptions): World<number> {
  const law = goalLaw(goal, tolerance, reward);
  return {
    id: '@tasklearn/environments/slide',
    spec: {
      observation: { shape: [8], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 8,
    bodyOf: ({ friction = 0.05 }) => friction,
    begin(state, s, _body, random, copy) {
      state.fill(0, s, s + 8);
      state[s] = 0.05;
      state[s + 1] = 0.5;
      state[s + 2] = 0.17 + 0.06 * random.uniform(copy);
      state[s + 3] = 0.4 + 0.2 * random.uniform(copy);
      state[s + 6] = 0.5 + 0.4 * random.uniform(copy);
      state[s + 7] = 0.25 + 0.5 * random.uniform(copy);
    },
    advance(state, s, actions, a, friction) {
      slideStep(
        state,
        s,
        HAND_STEP * (actions[a] as number),
        HAND_STEP * (actions[a + 1] as number),
        friction,
      );
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 8; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward: law.reward,
    reached: law.reached,
  };
}

const TOUCH = HAND_RADIUS + PUCK_RADIUS;

/** Takes its stand behind the puck, hits it at the speed that carries it to the goal, and stops. */
function hit(observation: Float32Array, o: number, friction: number, actions: Float32Array, a: number): void {
  const [handX, handY, puckX, puckY, vx, vy, goalX, goalY] = observation.subarray(o, o + 8) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const left = Math.hypot(goalX - puckX, goalY - puckY);
  const [ux, uy] = [(goalX - puckX) / left, (goalY - puckY) / left];
  const wanted = slideSpeed(left, friction);
  actions[a] = actions[a + 1] = 0;
  if (Math.hypot(vx, vy) > 0.05 && puckX > handX) {
    // On its way: still touching, with less speed than it needs? Then on.
    const touching = Math.hypot(puckX - handX, puckY - handY) < TOUCH + 0.004;
    if (!touching || vx * ux + vy * uy > 0.97 * wanted) return;
  }
  const [rx, ry] = [handX - puckX, handY - puckY];
  const behind = -(rx * ux + ry * uy);
  const aside = rx * uy - ry * ux;
  if (behind > TOUCH - 0.01 && Math.abs(aside) < 0.004) {
    const step = wanted * SLIDE_STEP;
    // So that the hand touches at the start of a step and pushes for whole ones.
    const gap = Math.max(0, behind - TOUCH);
    const length = gap > step ? Math.min(gap - 0.5 * step, HAND_STEP * 0.7) : step;
    actions[a] = (ux * length) / HAND_STEP;
    actions[a + 1] = (uy * length) / HAND_STEP;
    return;
  }
  moveToward(handX, handY, puckX - ux * (TOUCH + 0.03), puckY - uy * (TOUCH + 0.03), actions, a);
}

const slideExpert: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 2);
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) {
        const friction = tasks[Math.floor(copy / copiesPerTask)]?.parameters.friction ?? 0.05;
        hit(observation, copy * 8, friction, actions, copy * 2);
      }
      return actions;
    },
  };
};

/**
 * A hand that hits a puck so that it slides to a goal which the hand cannot reach: Coulomb friction, contact without
 * bounce, a start and a goal drawn for each episode; optionally with tasks that differ in friction.
 *
 * Observes hand, puck, the puck's velocity in m/s, goal. Success: |puck − goal| <= 0.05 after a step, at rest or not.
 * References: `expert` (knows the friction), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Plappert and others. Multi-Goal Reinforcement Learning. 2018. arXiv:1802.09464 (FetchSlide, in the plane).
 *
 * @example
 * ```ts
 * import { slide } from '@tasklearn/environments';
 *
 * slide().spec.goal; // => { size: 2, achieved: 2, desired: 6 }
 * ```
 */
export function slide(options: Partial<SlideOptions> = {}): ControlDistribution {
  const settings = { ...slideDefaults, ...options };
  checkGoalOptions('slide', settings);
  requireInteger('slide', settings, 'trainingTasks', 0);
  const body = variedBody('slide', { friction: settings.friction }, { friction: 1e-4 });
  const fence = tablePen.line([SLIDE_REACH, 0, SLIDE_REACH, 1], {
    stroke: INK.line,
    opacity: 0.4,
    dash: '4 4',
  });
  return continuousDistribution({
    world: slideWorld(settings),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: goalLaw(goal, settings.tolerance, settings.reward).recordableReward,
    references: { expert: slideExpert },
    picture: tablePicture('Slide', {
      hand: 0,
      objects: [2],
      goal: 6,
      tolerance: settings.tolerance,
      scenery: [fence],
    }),
  });
}
