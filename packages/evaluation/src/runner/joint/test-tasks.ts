import { createJointEvaluator, type HostTensor, type Tree } from '@tasklearn/core';
import type { JointMetric } from '../../plan/plan.js';
import type { CellTest, TestSetting } from '../cell-kind.js';
import type { JointCell } from './joint-cell.js';
import { taskMetrics } from './task-metrics.js';

/**
 * Tests a joint cell on the test items of every task and writes its rows, per task; a number that a task does not have is a row
 * with the cause.
 *
 * @throws the signal's reason if it is aborted; whatever the learner throws.
 */
export async function testTasks(
  { tester: learner, distribution }: JointCell,
  { plan, theta, update, executor, row, write, onTask, signal }: TestSetting,
): Promise<CellTest> {
  const { spec } = distribution;
  const ranking = plan.joint?.metric as JointMetric;
  const evaluator = createJointEvaluator({ learner, distribution, executor });
  const scores: number[] = [];
  try {
    const { items } = plan.test;
    const results = await evaluator.evaluate({
      theta: { shared: {}, perTask: {}, ...theta } as Tree<HostTensor>, // An empty tree leaves nothing in a file.
      split: 'test',
      ...(items === undefined ? {} : { items }),
      ...(signal === undefined ? {} : { signal }),
    });
    for (const [index, result] of results.entries()) {
      const { id, group } = result.task;
      const kind = spec.groups[group]?.target.kind ?? 'regression';
      for (const { metric, value, cause } of taskMetrics(result, kind)) {
        await write(row('test', update, `task ${id}`, metric, value, cause === undefined ? {} : { cause }));
        if (metric === ranking && Number.isFinite(value)) scores.push(value);
      }
      onTask?.(index + 1);
    }
  } finally {
    evaluator.dispose();
  }
  return { metric: ranking, scores, examples: {} };
}
