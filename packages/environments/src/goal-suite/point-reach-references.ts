import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { linearQuadratic } from '../continuous/linear-quadratic.js';
import type { PointReachOptions } from './point-reach-options.js';
import { wayAround } from './way-around.js';

/** Feedback on distance and speed of one axis, from the linear-quadratic problem of the inertial point. */
function inertialGain(): readonly [number, number] {
  const { gain } = linearQuadratic({
    transition: [
      [1, 0.9],
      [0, 0.9],
    ],
    control: [[0.02], [0.02]],
    stateCost: [
      [1, 0],
      [0, 0],
    ],
    actionCost: [[0.002]],
  });
  return gain[0] as unknown as readonly [number, number];
}

/** Straight to the goal, or around the walls by the shortest way. */
export const pointReachOracle =
  (settings: PointReachOptions): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const size = settings.motion === 'inertial' ? 6 : 4;
    const actions = new Float32Array(copies * 2);
    const [onDistance, onSpeed] = inertialGain();
    const next = wayAround(settings.layout);
    return {
      act({ observation }) {
        for (let copy = 0; copy < copies; copy += 1) {
          const o = copy * size;
          const [x, y] = [observation[o] as number, observation[o + 1] as number];
          const way = next(x, y, observation[o + size - 2] as number, observation[o + size - 1] as number);
          for (let axis = 0; axis < 2; axis += 1) {
            const left = (way[axis] as number) - (observation[o + axis] as number);
            actions[copy * 2 + axis] =
              size === 4 ? left / 0.05 : onDistance * left - onSpeed * (observation[o + 2 + axis] as number);
          }
        }
        return actions;
      },
    };
  };
