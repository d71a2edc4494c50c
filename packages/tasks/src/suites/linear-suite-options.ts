import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';

/** The dials of a {@link linearSuite}. */
export type LinearSuiteOptions = {
  /** Fixes weights and items. */
  readonly seed: number;
  /** T. */
  readonly tasks: number;
  /** d, length of x. */
  readonly dimensions: number;
  /** ρ: correlation of the weights of two tasks of one group, in [−1, 1]. */
  readonly relatedness: number;
  /** Tasks are dealt to so many groups, in order. */
  readonly groups: number;
  /** Correlation of the weights of tasks of different groups, in [−1, 1]; below zero they conflict. */
  readonly acrossGroups: number;
  /**
   * Whether weights have these correlations exactly, and length 1, in place of on average (needs d ≥ T): the population gradients
   * of two tasks at w = 0 then have this cosine.
   */
  readonly exact: boolean;
  /** σ of the noise on training and validation targets. Test targets have none, so that squared error is excess risk. */
  readonly noise: number;
  /** n of the first task. */
  readonly trainItems: number;
  /** a: task t has n (t + 1)^−a training items, two at least. */
  readonly longTail: number;
  /** Items of each task. */
  readonly validationItems: number;
  /** Items of each task. */
  readonly testItems: number;
  /** Factor on the targets of each task, [T]; null for 1. */
  readonly scales: readonly number[] | null;
  /** Share of training labels that are missing. */
  readonly missing: number;
  /** So many tasks, the last ones, are asked for the sign of y in place of y. */
  readonly classifications: number;
  /** g: what is done to w_tᵀ x before noise is added. With `tanh` nothing is known exactly. */
  readonly link: 'identity' | 'tanh';
  /** `random`: targets are N(0, 1 + σ²) and say nothing of x, test targets too. */
  readonly labels: 'linear' | 'random';
  /** Whether all tasks have the same inputs. */
  readonly sharedInputs: boolean;
};

/** Eight tasks on ten numbers, ρ = ½, five noisy items each. */
export const linearSuiteDefaults: LinearSuiteOptions = {
  seed: 0,
  tasks: 8,
  dimensions: 10,
  relatedness: 0.5,
  groups: 1,
  acrossGroups: 0,
  exact: false,
  noise: 0.5,
  trainItems: 5,
  longTail: 0,
  validationItems: 100,
  testItems: 500,
  scales: null,
  missing: 0,
  classifications: 0,
  link: 'identity',
  labels: 'linear',
  sharedInputs: false,
};

/** Id of the distribution, for messages. */
export const linearSuiteId = '@tasklearn/tasks/linear-suite';

function refuse(key: string, rule: string, received: unknown): TasklearnError {
  const message = `${linearSuiteId}: option \`${key}\` must ${rule}, got ${JSON.stringify(received)}.`;
  return new TasklearnError('INVALID_OPTION', message, { owner: linearSuiteId, key, received });
}

/** Options over their defaults. @throws `INVALID_OPTION`. */
export function resolveLinearSuite(given: PartialOptions<LinearSuiteOptions>): LinearSuiteOptions {
  const all = resolveOptions(linearSuiteId, linearSuiteDefaults, given as object) as LinearSuiteOptions;
  for (const key of ['tasks', 'dimensions', 'groups', 'trainItems', 'validationItems', 'testItems'] as const)
    requireInteger(linearSuiteId, all, key, 1);
  requireInteger(linearSuiteId, all, 'classifications', 0);
  requirePositive(linearSuiteId, all, 'noise');
  requireNonNegative(linearSuiteId, all, 'longTail');
  requireInRange(linearSuiteId, all, 'relatedness', -1, 1);
  requireInRange(linearSuiteId, all, 'acrossGroups', -1, 1);
  requireInRange(linearSuiteId, all, 'missing', 0, 0.9);
  requireOneOf(linearSuiteId, all, 'link', ['identity', 'tanh']);
  requireOneOf(linearSuiteId, all, 'labels', ['linear', 'random']);
  const { tasks, groups, classifications, exact, dimensions, scales, sharedInputs, longTail } = all;
  if (groups > tasks) throw refuse('groups', `be at most ${tasks}, the number of tasks`, groups);
  if (classifications > tasks)
    throw refuse('classifications', `be at most ${tasks}, the number of tasks`, classifications);
  if (exact && dimensions < tasks)
    throw refuse('dimensions', `be at least ${tasks}, the number of tasks, where \`exact\``, dimensions);
  if (sharedInputs && longTail > 0) throw refuse('longTail', 'be 0 where inputs are shared', longTail);
  if (scales !== null && (scales.length !== tasks || scales.some((scale) => !(scale > 0))))
    throw refuse('scales', `hold ${tasks} positive numbers`, scales);
  return all;
}
