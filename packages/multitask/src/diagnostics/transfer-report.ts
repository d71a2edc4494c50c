import { TasklearnError } from '@tasklearn/core';
import { type MeanWithInterval, studentInterval } from './student-interval.js';

/** Scores of one arm: of every run (a seed, or a draw of the data), one per task. */
export type ArmScores = readonly (readonly number[])[];

/** What sharing did to one task. */
export interface TaskTransfer extends MeanWithInterval {
  /** Its place among the tasks. */
  readonly task: number;
  /** `gains` or `loses` where the interval leaves out zero, else `open`. */
  readonly verdict: 'gains' | 'loses' | 'open';
}

/** What sharing did, task by task and over all. */
export interface TransferReport {
  /** Gain of every task over learning it alone, paired per run. */
  readonly tasks: readonly TaskTransfer[];
  /** Mean gain over tasks, with an interval over runs. */
  readonly all: MeanWithInterval;
  /** Share of tasks whose mean gain is below zero. */
  readonly negative: number;
  /** Share of tasks that lose beyond their interval. */
  readonly losing: number;
  /** Share of tasks that gain beyond their interval. */
  readonly gaining: number;
}

function requireSameShape(arm: ArmScores, alone: ArmScores): void {
  const shape = (scores: ArmScores) => scores.map((run) => run.length).join();
  const width = arm[0]?.length ?? 0;
  if (arm.length > 0 && width > 0 && shape(arm) === shape(alone) && arm.every((run) => run.length === width))
    return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `transferReport: expected the same runs and tasks of both arms, got [${shape(arm)}] and [${shape(alone)}] tasks per run.`,
    { received: [arm.length, alone.length] },
  );
}

/**
 * Transfer: what each task gains or loses against a network of its own. A mean over tasks hides the tasks that pay for the others,
 * so every task is reported.
 *
 *     NT_i = score_i(together) − score_i(alone)
 *
 * @param arm - scores of what is judged, larger is better; NaN where a task has none, which leaves that run of the task out.
 * @param alone - scores of independent networks on the same runs.
 * @throws `SHAPE_MISMATCH` for other runs or tasks.
 *
 * @example
 * ```ts
 * import { transferReport } from '@tasklearn/multitask';
 *
 * const alone = [[0.8, 0.8], [0.7, 0.8], [0.75, 0.8]];
 * const shared = [[0.9, 0.6], [0.82, 0.62], [0.84, 0.6]];
 * transferReport(shared, alone).tasks.map(({ verdict }) => verdict); // => ['gains', 'loses']
 * ```
 */
export function transferReport(arm: ArmScores, alone: ArmScores): TransferReport {
  requireSameShape(arm, alone);
  const gains = arm.map((run, index) => run.map((score, task) => score - (alone[index]?.[task] as number)));
  const tasks = (gains[0] as number[]).map((_, task): TaskTransfer => {
    const own = gains.map((run) => run[task] as number).filter((gain) => !Number.isNaN(gain));
    const interval = studentInterval(own);
    const verdict = interval.lower > 0 ? 'gains' : interval.upper < 0 ? 'loses' : 'open';
    return { task, ...interval, verdict };
  });
  const means = gains.map((run) => {
    const known = run.filter((gain) => !Number.isNaN(gain));
    return known.reduce((sum, gain) => sum + gain, 0) / known.length;
  });
  const share = (holds: (task: TaskTransfer) => boolean) => tasks.filter(holds).length / tasks.length;
  return {
    tasks,
    all: studentInterval(means),
    negative: share(({ mean }) => mean < 0),
    losing: share(({ verdict }) => verdict === 'loses'),
    gaining: share(({ verdict }) => verdict === 'gains'),
  };
}
