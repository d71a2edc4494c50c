import type { Trajectory } from '@tasklearn/core';
import { type Pen, TRAJECTORY_INK } from './svg.js';

/**
 * Trajectories as lines with a dot where each ends; an unsuccessful one is dashed. Earlier episodes are fainter.
 *
 * @param pointAt - where an observation lies in the picture; reads `observations` from index `o` on.
 */
export function trajectoryLines(
  pen: Pen,
  trajectories: readonly Trajectory[],
  pointAt: (observations: Float32Array, o: number) => readonly [x: number, y: number],
): string[] {
  return trajectories.flatMap((trajectory, index) => {
    const size = trajectory.observations.length / (trajectory.length + 1);
    const points: number[] = [];
    for (let step = 0; step <= trajectory.length; step += 1)
      points.push(...pointAt(trajectory.observations, step * size));
    const stroke = TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string;
    const [x = 0, y = 0] = points.slice(-2);
    const end = penDot(pen, x, y, stroke);
    return [pen.line(points, { stroke, width: 1.8, ...(trajectory.success ? {} : { dash: '5 3' }) }), end];
  });
}

/** A dot of 3.5 pixels: a round cap of a line without length. */
function penDot(pen: Pen, x: number, y: number, stroke: string): string {
  return pen
    .line([x, y, x, y], { stroke, width: 7 })
    .replace('stroke-linejoin="round"', 'stroke-linecap="round"');
}
