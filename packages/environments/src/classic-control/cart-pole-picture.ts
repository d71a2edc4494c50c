import type { ControlDistribution, Trajectory } from '@tasklearn/core';
import { INK, type Pen, penFor, svg, TRAJECTORY_INK, type View } from '../picture/svg.js';
import { CART_POLE_TRACK, cartPoleBody } from './cart-pole-world.js';

const view: View = { left: -2.8, bottom: -1.4, width: 5.6, height: 2.8 };

/** A cart at x with a pole leaning by `angle`, drawn at its true length. */
function cartPole(
  pen: Pen,
  x: number,
  angle: number,
  length: number,
  opacity: number,
  stroke: string,
): string[] {
  const tip = [x, 0, x + length * Math.sin(angle), length * Math.cos(angle)];
  return [
    pen.rectangle(x - 0.25, -0.13, 0.5, 0.26, { fill: INK.line, opacity: 0.6 * opacity }),
    pen.line(tip, { stroke, width: 5, opacity }),
  ];
}

/** Cart and pole: single moments, and episodes as the path of the tip with the last moment over it. */
export function cartPolePicture(
  angleAt: (observation: Float32Array, o: number) => number,
  title: string,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const pen = penFor(view);
  const track = pen.line([-CART_POLE_TRACK, 0, CART_POLE_TRACK, 0], { stroke: INK.line, opacity: 0.4 });
  const tipsOf = ({ observations, length }: Trajectory, pole: number) => {
    const size = observations.length / (length + 1);
    return Array.from({ length: length + 1 }, (_, step) => {
      const angle = angleAt(observations, step * size);
      return [(observations[step * size] as number) + pole * Math.sin(angle), pole * Math.cos(angle)];
    }).flat();
  };
  return {
    draw(task, trajectories) {
      const length = 2 * cartPoleBody(task.parameters).halfLength;
      const drawn = trajectories.flatMap((trajectory, index) => {
        const stroke = TRAJECTORY_INK[index % TRAJECTORY_INK.length] as string;
        const last =
          trajectory.observations.length - trajectory.observations.length / (trajectory.length + 1);
        const [x, angle] = [trajectory.observations[last] as number, angleAt(trajectory.observations, last)];
        return [
          pen.line(tipsOf(trajectory, length), { stroke, width: 1, opacity: 0.7 }),
          ...cartPole(pen, x, angle, length, 0.8, stroke),
        ];
      });
      return svg(view, [track, ...drawn], `${title}, task ${task.id}`);
    },
    drawFrame(task, observation) {
      const length = 2 * cartPoleBody(task.parameters).halfLength;
      const now = cartPole(pen, observation[0] as number, angleAt(observation, 0), length, 1, INK.agent);
      return svg(view, [track, ...now], `${title}, task ${task.id}`);
    },
  };
}
