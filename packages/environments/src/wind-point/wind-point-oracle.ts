import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { linearQuadratic } from '../continuous/linear-quadratic.js';
import { WIND_POINT_GOAL, type WindPointBody, windPointBody } from './wind-point-physics.js';

/** Feedback on distance and speed of one axis. */
function gainOf({ keep, gain }: WindPointBody): readonly [number, number] {
  const solution = linearQuadratic({
    transition: [
      [1, keep],
      [0, keep],
    ],
    control: [[gain], [gain]],
    stateCost: [
      [1, 0],
      [0, 0],
    ],
    actionCost: [[1e-4]],
  });
  return solution.gain[0] as unknown as readonly [number, number];
}

/** Is told wind and friction: linear-quadratic feedback to the goal, the wind undone where it blows. */
export const windPointOracle: ReferenceFactory = (tasks, copiesPerTask) => {
  const bodies = tasks.map((task) => windPointBody(task.parameters));
  const gains = bodies.map(gainOf);
  const actions = new Float32Array(tasks.length * copiesPerTask * 2);
  return {
    act({ observation }) {
      for (let copy = 0; copy < tasks.length * copiesPerTask; copy += 1) {
        const task = Math.floor(copy / copiesPerTask);
        const [onDistance, onSpeed] = gains[task] as readonly [number, number];
        const { wind, gain } = bodies[task] as WindPointBody;
        const [x, y, speedX, speedY] = observation.subarray(copy * 4, copy * 4 + 4) as unknown as [
          number,
          number,
          number,
          number,
        ];
        const blown = x > 0.4 && x < 1 ? wind / gain : 0;
        actions[copy * 2] = onDistance * (WIND_POINT_GOAL - x) - onSpeed * speedX;
        actions[copy * 2 + 1] = -onDistance * y - onSpeed * speedY - blown;
      }
      return actions;
    },
  };
};
