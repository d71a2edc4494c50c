import type { ControlDistribution } from '@tasklearn/core';
import { INK, penFor, svg, TRAJECTORY_INK, type View } from '../picture/svg.js';

const view: View = { left: -1.3, bottom: -1.3, width: 2.6, height: 2.6 };
const pen = penFor(view);
const hinge = pen.circle(0, 0, 0.05, { fill: INK.line });
const circle = pen.circle(0, 0, 1, { stroke: INK.line, opacity: 0.25, dash: '3 4' });

/** The rod, drawn at unit length; its tip is (sin θ, cos θ). */
const rod = (observation: Float32Array, o: number, stroke: string, width: number, opacity: number) =>
  pen.line([0, 0, observation[o + 1] as number, observation[o] as number], { stroke, width, opacity });

/** The pendulum: single moments, and episodes as fans of rods that darken with time. */
export const pendulumPicture: Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> = {
  draw(task, trajectories) {
    const fans = trajectories.flatMap(({ observations, length }, index) => {
      const stroke = TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string;
      const every = Math.max(1, Math.floor(length / 40));
      const moments = Array.from({ length: Math.floor(length / every) + 1 }, (_, k) => k * every);
      return moments.map((step) =>
        rod(observations, step * 3, stroke, 2, 0.1 + (0.8 * step) / (length || 1)),
      );
    });
    return svg(view, [circle, ...fans, hinge], `Pendulum, task ${task.id}`);
  },
  drawFrame: (task, observation) =>
    svg(view, [circle, rod(observation, 0, INK.agent, 8, 1), hinge], `Pendulum, task ${task.id}`),
};
