import type { PlanJoint } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { groupRows, selectRows, valuesOf } from '../rows/group-rows.js';
import { isHigherBetter } from '../rows/metrics.js';
import { mean } from '../statistics/moments.js';
import { clusteredMean } from './clustered-mean.js';
import type { JointSummary, TransferSummary } from './comparison-summary.js';
import { type EpisodeValues, episodeValues } from './episode-values.js';

/** What is asked of a learner. */
export interface JointSummaryRequest {
  readonly joint: PlanJoint | undefined;
  /** All rows of the run. */
  readonly rows: readonly EvaluationRow[];
  /** The learner. */
  readonly name: string;
  /** The ranking metric. */
  readonly metric: string;
}

/** Gains of the tasks that both have, per shared seed: seed → task → gain, larger is better. */
function gainsOver(own: EpisodeValues, other: EpisodeValues, sign: number): EpisodeValues {
  const gains = new Map<number, Map<string, number>>();
  for (const [seed, tasks] of own) {
    const others = other.get(seed);
    const shared = [...tasks].flatMap(([task, value]) => {
      const reference = others?.get(task);
      return reference === undefined ? [] : [[task, sign * (value - reference)] as const];
    });
    if (shared.length > 0) gains.set(seed, new Map(shared));
  }
  return gains;
}

/** Mean over seeds of each task's values. */
function byTask(values: EpisodeValues): ReadonlyMap<string, number> {
  const collected = new Map<string, number[]>();
  for (const tasks of values.values())
    for (const [task, value] of tasks) collected.set(task, [...(collected.get(task) ?? []), value]);
  return new Map([...collected].map(([task, each]) => [task, mean(each)] as const));
}

function transferOf(
  gains: EpisodeValues,
  perTask: ReadonlyMap<string, number>,
  against: string,
): TransferSummary | undefined {
  const gain = clusteredMean([...gains.values()].map((tasks) => [...tasks.values()]));
  if (gain === undefined) return undefined;
  const losing = [...perTask.values()].filter((value) => value < 0).length / perTask.size;
  return { against, gain, tasks: perTask.size, losing };
}

/**
 * What only joint learners have: numbers per task, and what sharing is worth against learning every task alone. A task loses
 * where its gain, mean over seeds, is below zero.
 *
 * @returns undefined where there are no rows of tasks.
 */
export function jointSummary({ joint, rows, name, metric }: JointSummaryRequest): JointSummary | undefined {
  if (joint === undefined) return undefined;
  const own = selectRows(rows, { learner: name, split: 'test' }).filter(({ task }) =>
    task.startsWith('task '),
  );
  if (own.length === 0) return undefined;
  const { independent } = joint;
  const against = independent === name ? undefined : independent;
  const gains =
    against === undefined
      ? new Map()
      : gainsOver(
          episodeValues(rows, name, metric),
          episodeValues(rows, against, metric),
          isHigherBetter(metric) ? 1 : -1,
        );
  const perTask = byTask(gains);
  const tasks = [...groupRows(own, 'task')].map(([task, group]) => {
    const gain = perTask.get(task);
    const measured = [...groupRows(group, 'metric')].flatMap(([each, found]) => {
      const values = valuesOf(found);
      return values.length === 0 ? [] : [[each, mean(values)] as const];
    });
    return {
      task: task.slice('task '.length),
      metrics: Object.fromEntries(measured),
      ...(gain === undefined ? {} : { gain }),
    };
  });
  const transfer = against === undefined ? undefined : transferOf(gains, perTask, against);
  return { tasks, ...(transfer === undefined ? {} : { transfer }) };
}
