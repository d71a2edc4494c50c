import type { Split } from '@tasklearn/core';

/**
 * One tidy observation. Results are rows and nothing else: every table, interval and plot is a group-by of rows.
 *
 * An observation of one test episode has `task: 'episode 17'`; one of a joint task `task: 'task income'`; one of an episode of a
 * control task `task: 'task 3'` and `episode: 1`; one of a lifetime `task: 'lifetime 0'`, one of the test set of a task in it `task: 'lifetime 0, task 2'`; one of a reliability bin `task: 'bin 3'`; one of the whole cell (a learner on a seed) has `task: ''`.
 */
export interface EvaluationRow {
  /** The learner's name in the plan, unique there. */
  readonly learner: string;
  /** Its full id, `<package>/<key>`. */
  readonly learnerId: string;
  /** Version of the package it comes from. */
  readonly version: string;
  /** Hash of its complete options; the options themselves are in `plan.json`. */
  readonly options: string;
  /** Full id of the task distribution. */
  readonly distribution: string;
  /** Hash of the distribution's complete options for this split. */
  readonly distributionOptions: string;
  /** Where the episodes come from; learning-curve rows of the update itself are `train`. */
  readonly split: Split;
  readonly seed: number;
  /** Outer updates made before the observation. */
  readonly update: number;
  /** What it was observed on; empty for the whole cell. */
  readonly task: string;
  /** A name of `metrics`, or a learner's own. */
  readonly metric: string;
  /** `fraction`, `nats`, `seconds`, `bytes`, `count`, `steps`, `squared units` or empty. */
  readonly unit: string;
  /** The number; null where there is none (a failed cell, a value that is not finite). */
  readonly value: number | null;
  /** Classes in an episode, N; classification only. */
  readonly ways?: number;
  /** Support items per class, K. */
  readonly shots?: number;
  /** Items in the query set, Q. */
  readonly querySize?: number;
  /** Place of the episode in its trial, from 0, exploration episodes first; control only. */
  readonly episode?: number;
  /** Tasks that had ended before the observation; streams only, absent for what holds at the end of a lifetime. */
  readonly after?: number;
  /** Steps of the lifetime behind the observation; streams only, absent for what holds for a whole lifetime. */
  readonly step?: number;
  /** Environment steps made in training before the observation; control only. */
  readonly environmentSteps?: number;
  /** Why there is no value: an error code and message. */
  readonly cause?: string;
}

const texts = [
  'learner',
  'learnerId',
  'version',
  'options',
  'distribution',
  'distributionOptions',
  'task',
  'metric',
  'unit',
] as const;
const splits: readonly string[] = ['train', 'validation', 'test'];

/**
 * True for a value that has a row's members with their types.
 *
 * @param value - anything, e.g. one parsed line.
 */
export function isEvaluationRow(value: unknown): value is EvaluationRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Readonly<Record<string, unknown>>;
  return (
    texts.every((key) => typeof row[key] === 'string') &&
    splits.includes(row.split as string) &&
    Number.isInteger(row.seed) &&
    Number.isInteger(row.update) &&
    (row.value === null || typeof row.value === 'number')
  );
}

/**
 * What identifies an observation: two rows with the same identity are the same observation made twice.
 *
 * @param row - any row.
 * @returns a text that differs between observations.
 */
export function rowIdentity(row: EvaluationRow): string {
  return JSON.stringify([
    row.learner,
    row.options,
    row.distribution,
    row.distributionOptions,
    row.split,
    row.seed,
    row.update,
    row.task,
    row.metric,
    ...(row.episode === undefined ? [] : [row.episode]),
    ...(row.after === undefined ? [] : [`after ${row.after}`]),
    ...(row.step === undefined ? [] : [`step ${row.step}`]),
  ]);
}
