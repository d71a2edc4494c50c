import type { ControlDistribution } from '@tasklearn/core';
import { INK, type Pen, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';

/** The crawler from above: a body with legs, a dot for its head. */
function crawler(pen: Pen, observation: Float32Array, legs: number, size: number): string[] {
  const [x = 0, y = 0, cos = 1, sin = 0] = observation;
  const at = (ahead: number, left: number): [number, number] => [
    x + size * (ahead * cos - left * sin),
    y + size * (ahead * sin + left * cos),
  ];
  const limbs = Array.from({ length: legs }, (_, leg) => {
    const side = leg < legs / 2 ? 1 : -1;
    const ahead = legs === 2 ? 0 : 0.7 - (1.4 * (leg % (legs / 2))) / (legs / 2 - 1);
    return pen.line([...at(ahead, 0), ...at(ahead, side * 0.8)], { stroke: INK.agent, width: 2 });
  });
  return [
    ...limbs,
    pen.line([...at(-0.9, 0), ...at(0.9, 0)], { stroke: INK.agent, width: 6 }),
    pen.circle(...at(1, 0), size * 0.2, { fill: INK.object }),
  ];
}

/** Paths of the crawler along the line that it should keep to; single moments are centred on it. */
export function sixLegPicture(
  legs: number,
  horizon: number,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const reach = 0.3 * horizon;
  const view: View = { left: -0.05 * reach, bottom: -0.25 * reach, width: 1.1 * reach, height: 0.5 * reach };
  const pen = penFor(view, 480);
  const near: View = { left: -3, bottom: -3, width: 6, height: 6 };
  const nearPen = penFor(near);
  const line = pen.line([0, 0, reach, 0], { stroke: INK.goal, dash: '4 4' });
  return {
    draw: (task, trajectories) =>
      svg(
        view,
        [
          line,
          ...trajectoryLines(pen, trajectories, (observation, o) => [
            observation[o] as number,
            observation[o + 1] as number,
          ]),
        ],
        `Crawler, task ${task.id}`,
        480,
      ),
    drawFrame(task, observation) {
      const centred = observation.slice();
      const offset = (observation[0] as number) % 2;
      centred[0] = 0;
      const marks = [-4, -2, 0, 2, 4].map((x) =>
        nearPen.circle(x - offset, 0, 0.04, { fill: INK.line, opacity: 0.5 }),
      );
      const path = nearPen.line([-3, 0, 3, 0], { stroke: INK.goal, dash: '4 4' });
      return svg(near, [path, ...marks, ...crawler(nearPen, centred, legs, 0.6)], `Crawler, task ${task.id}`);
    },
  };
}
