import {
  type ControlDistribution,
  type GoalLayout,
  type Rng,
  requireInteger,
  type Varies,
} from '@tasklearn/core';
import {
  type ContinuousFamily,
  continuousDistribution,
  type ReferenceFactory,
} from '../continuous/continuous-distribution.js';
import { imageFamily, requireImageSize } from '../continuous/image-world.js';
import { drawParameters, type ParameterRange, requireRange } from '../continuous/parameter-range.js';
import type { World } from '../continuous/world.js';
import { paintDisc } from '../picture/paint.js';
import { goalLaw } from './goal-law.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from './goal-options.js';
import { pushToward } from './push-expert.js';
import { BLOCK_RADIUS, HAND_RADIUS, HAND_STEP, pushBlock } from './push-physics.js';
import { tablePicture } from './table-picture.js';

/** Options of the pushing hand. */
export type PushOptions = GoalOptions & {
  /** How far the block's centre of mass is from its middle, in radii, below 1; its direction is drawn uniformly. */
  readonly centreOffset: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
  /** Pixels along a side of images, now and goal, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
};

/** An even block. */
export const pushDefaults: PushOptions = {
  ...goalDefaults,
  centreOffset: [0, 0],
  trainingTasks: 0,
  image: 0,
};

/** The block's centre of mass in its own frame. */
interface PushBody {
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Goals are drawn at least so far from the block. */
const NEAREST_GOAL = 0.15;

/** Draws a point of [low, high]² at least `gap` from (x, y) into `state[at]`. */
export function drawApart(
  state: Float64Array,
  at: number,
  x: number,
  y: number,
  gap: number,
  low: number,
  high: number,
  draw: () => number,
): void {
  do {
    state[at] = low + (high - low) * draw();
    state[at + 1] = low + (high - low) * draw();
  } while (Math.hypot((state[at] as number) - x, (state[at + 1] as number) - y) < gap);
}

/** State: hand, block x, y, angle, goal. Observation: hand, block, (cos, sin of its angle,) goal. */
function pushWorld({ horizon, tolerance, reward }: PushOptions, turns: boolean): World<PushBody> {
  const desired = turns ? 6 : 4;
  const goal: GoalLayout = { size: 2, achieved: 2, desired };
  const law = goalLaw(goal, tolerance, reward);
  return {
    id: '@tasklearn/environments/push',
    spec: {
      observation: { shape: [desired + 2], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 7,
    bodyOf: ({ offsetX = 0, offsetY = 0 }) => ({ offsetX, offsetY }),
    begin(state, s, _body, random, copy) {
      const draw = () => random.uniform(copy);
      state[s] = 0.45 + 0.1 * draw();
      state[s + 1] = 0.45 + 0.1 * draw();
      drawApart(state, s + 2, state[s] as number, state[s + 1] as number, 0.12, 0.25, 0.75, draw);
      state[s + 4] = 2 * Math.PI * draw();
      drawApart(state, s + 5, state[s + 2] as number, state[s + 3] as number, NEAREST_GOAL, 0.15, 0.85, draw);
    },
    advance(state, s, actions, a, body) {
      const [dx, dy] = [HAND_STEP * (actions[a] as number), HAND_STEP * (actions[a + 1] as number)];
      pushBlock(state, s, s + 2, dx, dy, body.offsetX, body.offsetY);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 4; index += 1) observation[o + index] = state[s + index] as number;
      if (turns) {
        observation[o + 4] = Math.cos(state[s + 4] as number);
        observation[o + 5] = Math.sin(state[s + 4] as number);
      }
      observation[o + desired] = state[s + 5] as number;
      observation[o + desired + 1] = state[s + 6] as number;
    },
    reward: law.reward,
    reached: law.reached,
  };
}

/** Pushes by feedback on where the block is. */
const pushExpert =
  (size: number): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const actions = new Float32Array(copies * 2);
    return {
      act({ observation }) {
        for (let copy = 0; copy < copies; copy += 1) {
          const [handX = 0, handY = 0, blockX = 0, blockY = 0] = observation.subarray(copy * size);
          const [goalX = 0, goalY = 0] = observation.subarray((copy + 1) * size - 2);
          pushToward(handX, handY, blockX, blockY, goalX, goalY, actions, copy * 2);
        }
        return actions;
      },
    };
  };

/** Centres of mass drawn from a ring. */
function drawOffset(centreOffset: ParameterRange) {
  return (rng: Rng): Readonly<Record<string, number>> => {
    const { distance } = drawParameters(rng, { distance: centreOffset });
    const angle = 2 * Math.PI * rng.split('angle').next();
    return {
      offsetX: distance * BLOCK_RADIUS * Math.cos(angle),
      offsetY: distance * BLOCK_RADIUS * Math.sin(angle),
    };
  };
}

/**
 * A hand that pushes a round block over a table to a goal: quasi-static contact, a start and a goal drawn for each
 * episode. With `centreOffset` the block's centre of mass is off its middle, differently in each task, so that it veers
 * and turns when pushed.
 *
 * Observes hand, block, (cosine and sine of the block's angle where it turns,) goal. Success: |block − goal| <= 0.05.
 * References: `expert` (scripted), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Plappert and others. Multi-Goal Reinforcement Learning: Challenging Robotics Environments and Request for
 *   Research. 2018. arXiv:1802.09464 (FetchPush, in the plane).
 *
 * @example
 * ```ts
 * import { push } from '@tasklearn/environments';
 *
 * push().spec.goal; // => { size: 2, achieved: 2, desired: 4 }
 * push({ centreOffset: [0.3, 0.6] }).varies; // => ['dynamics']
 * ```
 */
export function push(options: Partial<PushOptions> = {}): ControlDistribution {
  const settings = { ...pushDefaults, ...options };
  checkGoalOptions('push', settings);
  requireRange('push', settings, 'centreOffset', 0, 0.99);
  requireInteger('push', settings, 'trainingTasks', 0);
  const size = requireImageSize('push', settings);
  const turns = settings.centreOffset[1] > 0;
  const varies: readonly Varies[] = turns ? ['dynamics'] : [];
  const world = pushWorld(settings, turns);
  const goal = world.spec.goal as GoalLayout;
  const family: ContinuousFamily<PushBody> = {
    world,
    varies,
    trainingTasks: settings.trainingTasks,
    draw: turns ? drawOffset(settings.centreOffset) : () => ({}),
    recordableReward: goalLaw(goal, settings.tolerance, settings.reward).recordableReward,
    references: { expert: pushExpert(goal.desired + 2) },
    picture: tablePicture('Push', {
      hand: 0,
      objects: [2],
      goal: goal.desired,
      tolerance: settings.tolerance,
    }),
  };
  return continuousDistribution(size === 0 ? family : asImages(family, size, goal.desired));
}

/** Hand and block as images of the table; at the goal, the hand touches the block from the side of the middle. */
function asImages(
  family: ContinuousFamily<PushBody>,
  size: number,
  desired: number,
): ContinuousFamily<PushBody> {
  return imageFamily(family, {
    size,
    view: { left: 0, bottom: 0, width: 1, height: 1 },
    paint([handX = 0, handY = 0, blockX = 0, blockY = 0], canvas) {
      paintDisc(canvas, blockX, blockY, BLOCK_RADIUS, 1);
      paintDisc(canvas, handX, handY, HAND_RADIUS, 0.6);
    },
    paintGoal(observation, canvas) {
      const [x, y] = [observation[desired] as number, observation[desired + 1] as number];
      const inward = (BLOCK_RADIUS + HAND_RADIUS) / (Math.hypot(0.5 - x, 0.5 - y) || 1);
      paintDisc(canvas, x, y, BLOCK_RADIUS, 1);
      paintDisc(canvas, x + inward * (0.5 - x), y + inward * (0.5 - y), HAND_RADIUS, 0.6);
    },
  });
}
