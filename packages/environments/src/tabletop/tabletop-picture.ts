import type { ControlDistribution, ControlTask } from '@tasklearn/core';
import { tablePen, tableView } from '../goal-suite/table-picture.js';
import { INK, svg } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { Seen } from './tabletop-law.js';
import { TABLETOP_WALL } from './tabletop-physics.js';
import { Kind, tabletopTask } from './tabletop-skills.js';

const edge = tablePen.rectangle(0, 0, 1, 1, { stroke: INK.line, opacity: 0.6 });
const wall = tablePen.line([0, TABLETOP_WALL.y, 1, TABLETOP_WALL.y], {
  stroke: INK.line,
  width: 5,
  opacity: 0.5,
});

/** Table, wall, goal and things at an observation. */
function scenery(task: ControlTask, observation: Float32Array): string[] {
  const [, modifier] = tabletopTask(task.parameters.task ?? 0);
  const at = (index: number) => [observation[index] as number, observation[index + 1] as number] as const;
  const goal = tablePen.circle(...at(Seen.goal), 0.05, { fill: INK.goal, opacity: 0.4 });
  const kind = Math.round(5 * (observation[Seen.object + 3] as number));
  const [x, y] = at(Seen.object);
  const object =
    kind === Kind.block
      ? tablePen.circle(x, y, 0.045 + 0.08 * (observation[Seen.object + 2] as number), {
          fill: INK.object,
          opacity: 0.85,
        })
      : tablePen.rectangle(x - 0.04, y - 0.04, 0.08, 0.08, { fill: INK.object, opacity: 0.85 });
  const other = tablePen.circle(...at(Seen.other), 0.045, { fill: INK.other, opacity: 0.5 });
  return [edge, ...(modifier === 'wall' ? [wall] : []), goal, other, object];
}

const titleOf = (task: ControlTask) => `Tabletop, ${tabletopTask(task.parameters.task ?? 0).join(', ')}`;

/** Seen from above: paths of the hand, and single moments; what is higher is drawn larger. */
export const tabletopPicture: Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> = {
  draw: (task, trajectories) =>
    svg(
      tableView,
      [
        ...trajectories.slice(0, 1).flatMap(({ observations }) => scenery(task, observations)),
        ...trajectoryLines(tablePen, trajectories, (observation, o) => [
          observation[o] as number,
          observation[o + 1] as number,
        ]),
      ],
      titleOf(task),
    ),
  drawFrame(task, observation) {
    const [x = 0, y = 0, z = 0, closed = 0] = observation;
    const hand = tablePen.circle(x, y, 0.02 + 0.06 * z, {
      [closed === 1 ? 'fill' : 'stroke']: INK.agent,
      width: 4,
    });
    return svg(tableView, [...scenery(task, observation), hand], titleOf(task));
  },
};
