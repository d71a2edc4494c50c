import type { ControlDistribution } from '@tasklearn/core';
import { tablePen as pen, tableView } from '../goal-suite/table-picture.js';
import { INK, svg } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { DESK_BUTTONS, DESK_RAIL, Desk } from './desk-physics.js';

/** Everything on the desk at an observation; outlines show what is wanted. */
function things(observation: Float32Array): string[] {
  const at = (index: number) => observation[index] as number;
  const { from, length, y } = DESK_RAIL;
  const buttons = DESK_BUTTONS.map(([x, top], button) =>
    pen.circle(x, top, 0.05, {
      fill: at(Desk.buttons + button) === 1 ? INK.object : 'none',
      stroke: at(Desk.goal + Desk.buttons + button) === 1 ? INK.goal : INK.line,
      width: 3,
    }),
  );
  return [
    pen.rectangle(0, 0, 1, 1, { stroke: INK.line, opacity: 0.6 }),
    pen.line([from, y, from + length, y], { stroke: INK.line, width: 3, opacity: 0.5 }),
    pen.circle(from + length * at(Desk.goal + Desk.slider), y, 0.045, { stroke: INK.goal, width: 3 }),
    pen.circle(from + length * at(Desk.slider), y, 0.035, { fill: INK.other }),
    ...buttons,
    pen.circle(at(Desk.goal + Desk.block), at(Desk.goal + Desk.block + 1), 0.06, {
      stroke: INK.goal,
      width: 3,
    }),
    pen.circle(at(Desk.block), at(Desk.block + 1), 0.05, { fill: INK.object }),
  ];
}

/** Paths of the hand over the desk as it was at first, and single moments. */
export const deskPicture: Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> = {
  draw: (task, trajectories) =>
    svg(
      tableView,
      [
        ...trajectories.slice(0, 1).flatMap(({ observations }) => things(observations)),
        ...trajectoryLines(pen, trajectories, (observation, o) => [
          observation[o] as number,
          observation[o + 1] as number,
        ]),
      ],
      `Desk, task ${task.id}`,
    ),
  drawFrame(task, observation) {
    const [x = 0, y = 0, closed = 0] = observation;
    const hand = pen.circle(x, y, 0.025, { [closed === 1 ? 'fill' : 'stroke']: INK.agent, width: 4 });
    return svg(tableView, [...things(observation), hand], `Desk, task ${task.id}`);
  },
};
