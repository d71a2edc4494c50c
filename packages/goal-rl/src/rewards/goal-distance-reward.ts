import type { GoalLayout } from '@tasklearn/core';
import { placeOf, requireRelabelling } from '@tasklearn/rl';
import type { RewardModel, SlotContext } from '../learners/goal-slots.js';
import type { Metric } from '../metrics/metric.js';
import { writeRewards } from './state-features.js';

/** One slice of the state that each row leads to, [N * G]. */
function slices(rows: Float32Array, size: number, start: number, goal: number): Float32Array {
  const count = rows.length / size;
  const found = new Float32Array(count * goal);
  for (let row = 0; row < count; row += 1)
    found.set(rows.subarray(row * size + start, row * size + start + goal), row * goal);
  return found;
}

/**
 * r = −d(achieved, desired) after the step, by any metric, in the place of the environment's reward. Relabelled goals are
 * seen, as it reads the rows after they have been relabelled.
 *
 * @throws `UNSUPPORTED_TASK` where there are no goals.
 */
export function goalDistanceReward(
  name: string,
  metric: (size: number) => Metric,
  scale = 1,
): (context: SlotContext) => Promise<RewardModel> {
  return async ({ distribution, spec, fields }) => {
    requireRelabelling(name, distribution, { offPolicy: true, goals: true });
    const { size, achieved, desired } = spec.goal as GoalLayout;
    const { offset } = placeOf(fields, 'next');
    const own = metric(size);
    return {
      observe: async () => ({}),
      async write(rows) {
        const reached = slices(rows, fields.size, offset + achieved, size);
        const wanted = slices(rows, fields.size, offset + desired, size);
        const bonus = own.distance(reached, wanted).map((distance) => -distance);
        return { intrinsicReward: writeRewards(fields, rows, bonus, { environment: 0, scale }) };
      },
      save: () => [],
      restore() {},
      dispose() {},
    };
  };
}
