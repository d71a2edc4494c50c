import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { gapOf, HURDLES, hallOf, PIT, type PlaneLayout } from './plane-regions.js';

/** Where to head next from (x, y). */
function heading(layout: PlaneLayout, x: number, y: number, hall: number): readonly [number, number] {
  if (layout === 'star') {
    const [ux, uy] = hallOf(hall);
    return [11 * ux, 11 * uy];
  }
  if (layout === 'pit') return x < PIT.pit - 0.1 ? [PIT.pit, 1.3] : [PIT.goal, 0];
  if (layout !== 'hurdles') return [x + 1, 0];
  const bar = HURDLES.findIndex((at) => x < at + 0.05);
  if (bar < 0) return [x + 1, 0];
  const [from, to] = gapOf(bar);
  const middle = (from + to) / 2;
  // Across first, where the gap is not straight ahead.
  return Math.abs(y - middle) < 0.2
    ? [x + 1, middle]
    : [Math.min(x + 0.2, (HURDLES[bar] as number) - 0.1), middle];
}

/** Knows the world and the task. */
export const planeOracle =
  (layout: PlaneLayout): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const actions = new Float32Array(copies * 2);
    return {
      act({ observation }) {
        for (let copy = 0; copy < copies; copy += 1) {
          const [x, y] = [observation[copy * 2] as number, observation[copy * 2 + 1] as number];
          const hall = tasks[Math.floor(copy / copiesPerTask)]?.parameters.hall ?? 0;
          const [toX, toY] = heading(layout, x, y, hall);
          const longest = Math.max(Math.abs(toX - x), Math.abs(toY - y), 0.2);
          actions[copy * 2] = (toX - x) / longest;
          actions[copy * 2 + 1] = (toY - y) / longest;
        }
        return actions;
      },
    };
  };
