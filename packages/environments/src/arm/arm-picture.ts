import type { ControlDistribution, ControlTask } from '@tasklearn/core';
import { INK, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { ARM_LINKS } from './arm-physics.js';
import { digitPoints } from './digits.js';

const view: View = { left: -0.3, bottom: -0.3, width: 1.2, height: 1.2 };
const pen = penFor(view);

/** What the tip is to follow. */
function wanted({ parameters }: ControlTask): string {
  const { digit, targetX = 0.4, targetY = 0.4 } = parameters;
  return digit === undefined
    ? pen.circle(targetX, targetY, 0.05, { fill: INK.goal, opacity: 0.4 })
    : pen.line(digitPoints(digit), { stroke: INK.goal, width: 8, opacity: 0.35 });
}

/** The links at an observation. */
function links(observation: Float32Array, o: number, opacity: number): string {
  const points = [0, 0];
  let absolute = 0;
  for (let joint = 0; joint < 3; joint += 1) {
    absolute += Math.atan2(observation[o + 3 + joint] as number, observation[o + joint] as number);
    const [x = 0, y = 0] = points.slice(-2);
    const length = ARM_LINKS[joint] as number;
    points.push(x + length * Math.cos(absolute), y + length * Math.sin(absolute));
  }
  return pen.line(points, { stroke: INK.line, width: 4, opacity });
}

/** The way of the tip over what it is to follow, with the arm at the end; and single moments. */
export const armPicture: Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> = {
  draw: (task, trajectories) =>
    svg(
      view,
      [
        wanted(task),
        ...trajectories.map(({ observations, length }) => links(observations, length * 13, 0.35)),
        ...trajectoryLines(pen, trajectories, (observation, o) => [
          observation[o + 9] as number,
          observation[o + 10] as number,
        ]),
      ],
      `Arm, task ${task.id}`,
    ),
  drawFrame: (task, observation) =>
    svg(
      view,
      [
        wanted(task),
        pen.circle(observation[11] as number, observation[12] as number, 0.015, { fill: INK.object }),
        links(observation, 0, 1),
      ],
      `Arm, task ${task.id}`,
    ),
};
