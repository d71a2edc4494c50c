import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { ARM_LINKS } from './arm-physics.js';

const clip = (value: number) => Math.min(1, Math.max(-1, value));

/**
 * Is told the body: resolved motion by damped least squares toward the way-point, as joint speeds that the motors reach
 * where they can, gravity undone.
 *
 * @see Wampler. Manipulator Inverse Kinematic Solutions Based on Vector Formulations and Damped Least-Squares Methods. 1986.
 */
export const armOracle: ReferenceFactory = (tasks, copiesPerTask) => {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 3);
  return {
    act({ observation }) {
      for (let copy = 0; copy < copies; copy += 1) {
        const { gain = 1, gravity = 0.03 } = tasks[Math.floor(copy / copiesPerTask)]?.parameters ?? {};
        servo(observation.subarray(copy * 13, copy * 13 + 13), gain, gravity, actions, copy * 3);
      }
      return actions;
    },
  };
};

function servo(now: Float32Array, gain: number, gravity: number, actions: Float32Array, a: number): void {
  const absolute: number[] = [];
  for (let joint = 0; joint < 3; joint += 1)
    absolute.push((absolute[joint - 1] ?? 0) + Math.atan2(now[3 + joint] as number, now[joint] as number));
  // Column j of the Jacobian: the sum over links from j on.
  const columns = [0, 1, 2].map((joint) =>
    [2, 1, 0]
      .filter((link) => link >= joint)
      .reduce(
        ([x, y], link) => [
          (x as number) - (ARM_LINKS[link] as number) * Math.sin(absolute[link] as number),
          (y as number) + (ARM_LINKS[link] as number) * Math.cos(absolute[link] as number),
        ],
        [0, 0],
      ),
  ) as [number, number][];
  const [dx, dy] = [(now[11] as number) - (now[9] as number), (now[12] as number) - (now[10] as number)];
  // (J Jᵀ + λ)⁻¹ error, two by two.
  const xx = columns.reduce((sum, [x]) => sum + x * x, 0.01);
  const yy = columns.reduce((sum, [, y]) => sum + y * y, 0.01);
  const xy = columns.reduce((sum, [x, y]) => sum + x * y, 0);
  const determinant = xx * yy - xy * xy;
  const [u, v] = [(yy * dx - xy * dy) / determinant, (xx * dy - xy * dx) / determinant];
  for (const [joint, [x, y]] of columns.entries()) {
    const wanted = (x * u + y * v) / 0.3; // Most of the way in three steps.
    const force = wanted - 0.9 * (now[6 + joint] as number) + gravity * Math.cos(absolute[joint] as number);
    actions[a + joint] = clip(force / (0.1 * gain));
  }
}
