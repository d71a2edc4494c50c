import type { ControlDistribution, GoalLayout } from '@tasklearn/core';
import {
  type ContinuousFamily,
  continuousDistribution,
  type ReferenceFactory,
} from '../continuous/continuous-distribution.js';
import { imageFamily, requireImageSize } from '../continuous/image-world.js';
import type { World } from '../continuous/world.js';
import { type Canvas, paintDisc, paintSegment } from '../picture/paint.js';
import { INK, svg, TRAJECTORY_INK } from '../picture/svg.js';
import { DOOR_HINGE, DOOR_LENGTH, DOOR_OPEN, doorStep } from './door-physics.js';
import { goalLaw } from './goal-law.js';
import { checkGoalOptions, type GoalOptions, goalDefaults } from './goal-options.js';
import { moveToward } from './push-expert.js';
import { HAND_RADIUS, HAND_STEP } from './push-physics.js';
import { tablePen, tableView } from './table-picture.js';

/** Options of the door. */
export type DoorOptions = GoalOptions & {
  /** Whether episodes start with the door closed, rather than at a random angle. */
  readonly startClosed: boolean;
  /** Pixels along a side of images, now and goal, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
};

/** Starts at a random angle. */
export const doorDefaults: DoorOptions = { ...goalDefaults, startClosed: false, image: 0 };

const goal: GoalLayout = { size: 1, achieved: 2, desired: 3 };

/** State: hand, angle, goal angle. Observation: hand, angle and goal as shares of 90°. */
function doorWorld({ horizon, tolerance, reward, startClosed }: DoorOptions): World<object> {
  const law = goalLaw(goal, tolerance, reward);
  return {
    id: '@tasklearn/environments/door',
    spec: {
      observation: { shape: [4], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 4,
    bodyOf: () => ({}),
    begin(state, s, _body, random, copy) {
      const angle = startClosed ? 0 : random.uniform(copy) * DOOR_OPEN;
      state[s] = 0.6;
      state[s + 1] = 0.15;
      state[s + 2] = angle;
      do state[s + 3] = random.uniform(copy) * DOOR_OPEN;
      while (Math.abs((state[s + 3] as number) - angle) < 0.2);
    },
    advance(state, s, actions, a) {
      doorStep(state, s, HAND_STEP * (actions[a] as number), HAND_STEP * (actions[a + 1] as number));
      return false;
    },
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
      observation[o + 2] = (state[s + 2] as number) / DOOR_OPEN;
      observation[o + 3] = (state[s + 3] as number) / DOOR_OPEN;
    },
    reward: law.reward,
    reached: law.reached,
  };
}

const clamp = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));

/** Around the door's edge to the side to push from, then along an arc. */
function pushDoorTo(observation: Float32Array, o: number, actions: Float32Array, a: number): void {
  const [handX = 0, handY = 0, share = 0, wanted = 0] = observation.subarray(o, o + 4);
  const angle = share * DOOR_OPEN;
  const left = (wanted - share) * DOOR_OPEN;
  const side = left > 0 ? -1 : 1; // Pushes from clockwise to open.
  const [x, y] = [handX - DOOR_HINGE.x, handY - DOOR_HINGE.y];
  const [far, bearing] = [Math.hypot(x, y), Math.atan2(y, x)];
  const offSide = side * (bearing - angle);
  const to = (radius: number, toward: number) =>
    moveToward(
      handX,
      handY,
      DOOR_HINGE.x + radius * Math.cos(toward),
      DOOR_HINGE.y + radius * Math.sin(toward),
      actions,
      a,
    );
  actions[a] = actions[a + 1] = 0;
  if (Math.abs(left) < 0.02) return;
  const outside = DOOR_LENGTH + 0.06;
  if (offSide < 0.02) {
    if (far < outside - 0.02) to(outside + 0.02, bearing);
    else to(outside, bearing + side * 0.12);
    return;
  }
  const radius = 0.3;
  if (far > radius + 0.03) {
    // Far enough aside to come in without touching the door.
    if (offSide < 0.14) to(outside, bearing + side * 0.12);
    else to(Math.max(radius, far - 0.05), bearing);
    return;
  }
  const touching = Math.asin(HAND_RADIUS / Math.max(far, 0.05));
  to(radius, bearing + clamp(angle + left + side * touching - bearing, 0.16));
}

const doorExpert: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 2);
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) pushDoorTo(observation, copy * 4, actions, copy * 2);
      return actions;
    },
  };
};

/** The door at a share of its swing. */
function leaf(share: number, stroke: string, opacity: number, width = 5): string {
  const { x, y } = DOOR_HINGE;
  const angle = share * DOOR_OPEN;
  return tablePen.line([x, y, x + DOOR_LENGTH * Math.cos(angle), y + DOOR_LENGTH * Math.sin(angle)], {
    stroke,
    opacity,
    width,
  });
}

/**
 * A hand that opens or closes a door to a wanted angle, 0 to 90°, from either side. The door stays where it is left.
 *
 * Observes hand x, y, and as shares of 90° the angle and the angle wanted. Success: within 0.05 (4.5°). References:
 * `expert` (scripted), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Nair, Pong, Dalal, Bahl, Lin, Levine. Visual Reinforcement Learning with Imagined Goals. NeurIPS 2018, and Pong and
 *   others. Skew-Fit. ICML 2020, for the task.
 *
 * @example
 * ```ts
 * import { door } from '@tasklearn/environments';
 *
 * door().spec.goal; // => { size: 1, achieved: 2, desired: 3 }
 * ```
 */
export function door(options: Partial<DoorOptions> = {}): ControlDistribution {
  const settings = { ...doorDefaults, ...options };
  checkGoalOptions('door', settings);
  const hinge = tablePen.circle(DOOR_HINGE.x, DOOR_HINGE.y, 0.02, { fill: INK.line });
  const edge = tablePen.rectangle(0, 0, 1, 1, { stroke: INK.line, opacity: 0.6 });
  const size = requireImageSize('door', settings);
  const family: ContinuousFamily<object> = {
    world: doorWorld(settings),
    varies: [],
    draw: () => ({}),
    recordableReward: goalLaw(goal, settings.tolerance, settings.reward).recordableReward,
    references: { expert: doorExpert },
    picture: {
      draw(task, trajectories) {
        const drawn = trajectories.flatMap(({ observations, length }, index) => {
          const stroke = TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string;
          const hand = Array.from({ length: length + 1 }, (_, step) => [
            observations[step * 4] as number,
            observations[step * 4 + 1] as number,
          ]);
          return [
            leaf(observations[3] as number, INK.goal, 0.4, 9),
            leaf(observations[2] as number, stroke, 0.35),
            leaf(observations[length * 4 + 2] as number, stroke, 1),
            tablePen.line(hand.flat(), { stroke, width: 1.5 }),
          ];
        });
        return svg(tableView, [edge, ...drawn, hinge], `Door, task ${task.id}`);
      },
      drawFrame(task, observation) {
        const wanted = leaf(observation[3] as number, INK.goal, 0.4, 9);
        const now = leaf(observation[2] as number, INK.object, 1);
        const hand = tablePen.circle(observation[0] as number, observation[1] as number, HAND_RADIUS, {
          fill: INK.agent,
        });
        return svg(tableView, [edge, wanted, now, hinge, hand], `Door, task ${task.id}`);
      },
    },
  };
  return continuousDistribution(size === 0 ? family : asImages(family, size));
}

/** Door and hand as images of the table; at the goal, the hand is at the edge of the table. */
function asImages(family: ContinuousFamily<object>, size: number): ContinuousFamily<object> {
  const { x, y } = DOOR_HINGE;
  const paintAt = (share: number, handX: number, handY: number, canvas: Canvas) => {
    const angle = share * DOOR_OPEN;
    const [endX, endY] = [x + DOOR_LENGTH * Math.cos(angle), y + DOOR_LENGTH * Math.sin(angle)];
    paintSegment(canvas, x, y, endX, endY, 0.02, 1);
    paintDisc(canvas, handX, handY, HAND_RADIUS, 0.6);
  };
  return imageFamily(family, {
    size,
    view: { left: 0, bottom: 0, width: 1, height: 1 },
    paint: ([handX = 0, handY = 0, share = 0], canvas) => paintAt(share, handX, handY, canvas),
    paintGoal: ([, , , share = 0], canvas) => paintAt(share, 0.95, 0.05, canvas),
  });
}
