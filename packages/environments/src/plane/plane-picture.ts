import type { ControlDistribution } from '@tasklearn/core';
import { INK, type Pen, penFor, svg, type View } from '../picture/svg.js';
import { trajectoryLines } from '../picture/trajectory-lines.js';
import { gapOf, HURDLES, hallOf, PIT, type PlaneLayout, planeReach, STAR } from './plane-regions.js';

/** The part of the plane that a layout's picture shows. */
function viewOf(layout: PlaneLayout): View {
  const reach = planeReach[layout] * 1.05;
  if (layout === 'hurdles' || layout === 'hallway') return { left: -1, bottom: -2, width: 12, height: 4 };
  return { left: -reach, bottom: -reach, width: 2 * reach, height: 2 * reach };
}

/** Walls and discs. */
function scenery(pen: Pen, layout: PlaneLayout): string[] {
  const wall = { stroke: INK.line, width: 2 } as const;
  switch (layout) {
    case 'star':
      return [
        pen.circle(0, 0, STAR.radius, { fill: INK.line, opacity: 0.12 }),
        ...[0, 1, 2].map((hall) => {
          const [x, y] = hallOf(hall);
          const [sx, sy] = [STAR.half * y, -STAR.half * x];
          const [ex, ey] = [STAR.reach * x, STAR.reach * y];
          return pen.line(
            [sx, sy, ex + sx, ey + sy, ex - sx, ey - sy, -sx, -sy],
            { fill: INK.line, opacity: 0.12 },
            true,
          );
        }),
      ];
    case 'pit':
      return [
        pen.rectangle(-5, -5, 10, 10, wall),
        pen.circle(PIT.goal, 0, PIT.goalRadius, { fill: INK.goal, opacity: 0.5 }),
        pen.circle(PIT.pit, 0, PIT.pitRadius, { fill: INK.danger, opacity: 0.5 }),
      ];
    case 'hurdles':
      return [
        pen.line([-1, 1, 11, 1], wall),
        pen.line([-1, -1, 11, -1], wall),
        ...HURDLES.flatMap((x, bar) => {
          const [from, to] = gapOf(bar);
          return [pen.line([x, -1, x, from], wall), pen.line([x, to, x, 1], wall)];
        }),
      ];
    case 'hallway':
      return [pen.line([-1, 0.5, 11, 0.5], wall), pen.line([-1, -0.5, 11, -0.5], wall)];
    default:
      return [pen.rectangle(-10, -10, 20, 20, wall)];
  }
}

/** Trajectories over the world, and single moments; the end that pays is green. */
export function planePicture(layout: PlaneLayout): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const view = viewOf(layout);
  const pen = penFor(view);
  const behind = ({ hall = 0 }: Readonly<Record<string, number>>) => {
    const [x, y] = hallOf(hall);
    const end = pen.circle(x * (STAR.reach - 1), y * (STAR.reach - 1), 1, { fill: INK.goal, opacity: 0.5 });
    return [...scenery(pen, layout), ...(layout === 'star' ? [end] : [])];
  };
  return {
    draw: (task, trajectories) =>
      svg(
        view,
        [
          ...behind(task.parameters),
          ...trajectoryLines(pen, trajectories, (observation, o) => [
            observation[o] as number,
            observation[o + 1] as number,
          ]),
        ],
        `Plane, ${layout}, task ${task.id}`,
      ),
    drawFrame(task, observation) {
      const point = pen.circle(observation[0] as number, observation[1] as number, view.width / 60, {
        fill: INK.agent,
      });
      return svg(view, [...behind(task.parameters), point], `Plane, ${layout}, task ${task.id}`);
    },
  };
}
