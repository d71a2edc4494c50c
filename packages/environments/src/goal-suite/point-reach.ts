import type { ControlDistribution, GoalLayout } from '@tasklearn/core';
import { type ContinuousFamily, continuousDistribution } from '../continuous/continuous-distribution.js';
import { imageFamily } from '../continuous/image-world.js';
import type { World } from '../continuous/world.js';
import { type Canvas, paintDisc, paintSegment } from '../picture/paint.js';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { goalLaw } from './goal-law.js';
import { type PointReachOptions, pointReachLayouts, pointReachSettings } from './point-reach-options.js';
import { pointReachOracle } from './point-reach-references.js';
import { moveAmongWalls } from './walls.js';

/** State: x, y, vx, vy, goal. Observation: x, y, (vx, vy,) goal. */
function pointReachWorld(id: string, settings: PointReachOptions, goal: GoalLayout): World<object> {
  const { motion, layout, randomGoal, randomStart, reward, tolerance, horizon } = settings;
  const { walls, start, goal: end } = pointReachLayouts[layout];
  const inertial = motion === 'inertial';
  const reach = layout === 'open' ? Number.POSITIVE_INFINITY : 1;
  const law = goalLaw(goal, tolerance, reward);
  return {
    id,
    spec: {
      observation: { shape: [inertial ? 6 : 4], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      goal,
      hasSuccess: true,
    },
    stateSize: 6,
    bodyOf: () => ({}),
    begin(state, s, _body, random, copy) {
      for (let axis = 0; axis < 2; axis += 1) {
        const [anywhere, wanted] = [2 * random.uniform(copy) - 1, 2 * random.uniform(copy) - 1];
        state[s + axis] = randomStart ? 0.95 * anywhere : (start[axis] as number);
        state[s + 2 + axis] = 0;
        state[s + 4 + axis] = randomGoal ? 0.95 * wanted : (end[axis] as number);
      }
    },
    advance(state, s, actions, a) {
      if (!inertial) {
        moveAmongWalls(
          state,
          s,
          0.05 * (actions[a] as number),
          0.05 * (actions[a + 1] as number),
          walls,
          reach,
        );
        return false;
      }
      const speedX = 0.9 * (state[s + 2] as number) + 0.02 * (actions[a] as number);
      const speedY = 0.9 * (state[s + 3] as number) + 0.02 * (actions[a + 1] as number);
      const stopped = moveAmongWalls(state, s, speedX, speedY, walls, reach);
      state[s + 2] = stopped & 1 ? 0 : speedX;
      state[s + 3] = stopped & 2 ? 0 : speedY;
      return false;
    },
    observe(state, s, _body, observation, o) {
      const moving = inertial ? 4 : 2;
      for (let index = 0; index < moving; index += 1) observation[o + index] = state[s + index] as number;
      observation[o + moving] = state[s + 4] as number;
      observation[o + moving + 1] = state[s + 5] as number;
    },
    reward: law.reward,
    reached: law.reached,
  };
}

/** Walls, goal disc, the point and its episodes. */
function pointReachPicture(
  { layout, tolerance }: PointReachOptions,
  desired: number,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const { walls } = pointReachLayouts[layout];
  const view: View = { left: -1.1, bottom: -1.1, width: 2.2, height: 2.2 };
  const pen = penFor(view);
  const box = pen.rectangle(-1, -1, 2, 2, { stroke: INK.line, opacity: layout === 'open' ? 0.25 : 0.9 });
  const drawn = Array.from({ length: walls.length / 4 }, (_, wall) =>
    pen.line(walls.subarray(4 * wall, 4 * wall + 4), { stroke: INK.line, width: 3 }),
  );
  const goalAt = (observation: ArrayLike<number>) =>
    pen.circle(observation[desired] as number, observation[desired + 1] as number, tolerance, {
      fill: INK.goal,
      opacity: 0.6,
    });
  return {
    draw: (task, trajectories) =>
      svg(
        view,
        [
          box,
          ...drawn,
          ...trajectories.map(({ observations }) => goalAt(observations)),
          ...trajectoryLines(pen, trajectories, (observation, o) => [
            observation[o] as number,
            observation[o + 1] as number,
          ]),
        ],
        `Point reach, task ${task.id}`,
      ),
    drawFrame(task, observation) {
      const point = pen.circle(observation[0] as number, observation[1] as number, 0.04, { fill: INK.agent });
      return svg(view, [box, ...drawn, goalAt(observation), point], `Point reach, task ${task.id}`);
    },
  };
}

/**
 * A point that is to reach a goal drawn for each episode: in the open plane, or among walls in the box [−1, 1]². There is
 * one task.
 *
 * Observes x, y, (vx, vy,) and the goal, or images of now and of the goal. References: `oracle` (shortest way, linear-quadratic feedback), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { pointReach } from '@tasklearn/environments';
 *
 * pointReach().spec.goal; // => { size: 2, achieved: 0, desired: 4 }
 * pointReach({ layout: 'u-trap', motion: 'kinematic' }).spec.goal; // => { size: 2, achieved: 0, desired: 2 }
 * ```
 */
export function pointReach(options: Partial<PointReachOptions> = {}): ControlDistribution {
  const settings = pointReachSettings('point-reach', options);
  const goal: GoalLayout = { size: 2, achieved: 0, desired: settings.motion === 'inertial' ? 4 : 2 };
  const family: ContinuousFamily<object> = {
    world: pointReachWorld('@tasklearn/environments/point-reach', settings, goal),
    varies: [],
    draw: () => ({}),
    recordableReward: goalLaw(goal, settings.tolerance, settings.reward).recordableReward,
    references: { oracle: pointReachOracle(settings) },
    picture: pointReachPicture(settings, goal.desired),
  };
  return continuousDistribution(settings.image === 0 ? family : asImages(family, settings, goal.desired));
}

/** The point and the walls as images, over [−1.1, 1.1]². */
function asImages(
  family: ContinuousFamily<object>,
  { image, layout }: PointReachOptions,
  desired: number,
): ContinuousFamily<object> {
  const { walls } = pointReachLayouts[layout];
  const paintAt = (observation: Float32Array, at: number, canvas: Canvas) => {
    for (let wall = 0; wall < walls.length; wall += 4) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = walls.subarray(wall, wall + 4);
      paintSegment(canvas, x0, y0, x1, y1, 0.03, 0.4);
    }
    paintDisc(canvas, observation[at] as number, observation[at + 1] as number, 0.12, 1);
  };
  return imageFamily(family, {
    size: image,
    view: { left: -1.1, bottom: -1.1, width: 2.2, height: 2.2 },
    paint: (observation, canvas) => paintAt(observation, 0, canvas),
    paintGoal: (observation, canvas) => paintAt(observation, desired, canvas),
  });
}
