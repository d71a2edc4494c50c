import type { ControlDistribution } from '@tasklearn/core';
import { INK, type Pen, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { type PointRobotBody, pointRobotBody } from './point-robot-body.js';
import type { PointRobotSettings } from './point-robot-options.js';

const faint = { stroke: INK.line, opacity: 0.35, width: 1 } as const;

/** How far a robot that is to go fast can come: the half width of its picture. */
function reachOf({ task, motion, horizon, goalDistance, goalRadius }: PointRobotSettings): number {
  if (task === 'goal' || task === 'ring' || task === 'away') return goalDistance + 2 * goalRadius + 0.1;
  return horizon * (motion === 'inertial' ? 0.3 : 0.1);
}

/** What is to be seen of the task: goal disc, ring of possible goals, heading. */
function scenery(pen: Pen, settings: PointRobotSettings, body: PointRobotBody): string[] {
  const { task, goalDistance, goalRadius } = settings;
  const start = pen.circle(0, 0, reachOf(settings) / 60, { fill: INK.line, opacity: 0.5 });
  if (task === 'goal' || task === 'ring' || task === 'away') {
    const disc = pen.circle(body.targetX, body.targetY, goalRadius, { fill: INK.goal, opacity: 0.35 });
    const half: number[] = [];
    for (let step = 0; step <= 48; step += 1)
      half.push(
        goalDistance * Math.cos((Math.PI * step) / 48),
        goalDistance * Math.sin((Math.PI * step) / 48),
      );
    const around =
      task === 'ring'
        ? pen.line(half, faint)
        : pen.rectangle(-goalDistance, -goalDistance, 2 * goalDistance, 2 * goalDistance, faint);
    return [around, disc, start];
  }
  const reach = reachOf(settings);
  const heading = pen.line([0, 0, body.targetX * reach, body.targetY * reach], {
    stroke: INK.goal,
    opacity: 0.5,
    width: 3,
  });
  return task === 'any-direction' || task === 'velocity' ? [start] : [heading, start];
}

/** Pictures of the point robot: trajectories over the goals, and single moments. */
export function pointRobotPicture(
  settings: PointRobotSettings,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const reach = reachOf(settings);
  const view: View = { left: -reach, bottom: -reach, width: 2 * reach, height: 2 * reach };
  const pen = penFor(view);
  const at = (observation: Float32Array, o: number) =>
    [observation[o] as number, observation[o + 1] as number] as const;
  return {
    draw: (task, trajectories) =>
      svg(
        view,
        [
          ...scenery(pen, settings, pointRobotBody(task.parameters)),
          ...trajectoryLines(pen, trajectories, at),
        ],
        `Point robot, task ${task.id}`,
      ),
    drawFrame(task, observation) {
      const [x, y] = at(observation, 0);
      const robot = pen.circle(x, y, reach / 25, { fill: INK.agent });
      return svg(
        view,
        [...scenery(pen, settings, pointRobotBody(task.parameters)), robot],
        `Point robot, task ${task.id}`,
      );
    },
  };
}
