import type { JointTaskResult } from '@tasklearn/core';
import type { JointMetric } from '../../plan/plan.js';
import { areaUnderCurve } from '../../statistics/area-under-curve.js';

/** A number of one task, or why there is none. */
export interface TaskMetric {
  readonly metric: JointMetric;
  /** NaN where it is not defined. */
  readonly value: number;
  /** Why it is not defined. */
  readonly cause?: string;
}

const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Share of items whose most probable class is the true one. */
function accuracy({ means, targets }: JointTaskResult): number {
  const [items = 0, classes = 1] = means.shape;
  let right = 0;
  for (let item = 0; item < items; item += 1) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    let best = 0;
    for (let label = 1; label < classes; label += 1)
      if ((row[label] as number) > (row[best] as number)) best = label;
    if (best === targets.data[item]) right += 1;
  }
  return right / items;
}

/** Of the probability of class 1; of two classes only. */
function curve({ means, targets }: JointTaskResult): TaskMetric[] {
  const [items = 0, classes = 1] = means.shape;
  if (classes !== 2) return [];
  const scores = Array.from({ length: items }, (_, item) => means.data[2 * item + 1] as number);
  const value = areaUnderCurve(scores, targets.data);
  const cause = 'All labelled test items are of one class.';
  return [{ metric: 'rocAuc', value, ...(Number.isNaN(value) ? { cause } : {}) }];
}

/** Mean squared error per number of a target, and 1 − Σ (y − ŷ)² / Σ (y − ȳ)², each component about its own mean; raw units. */
function errors({ means, targets }: JointTaskResult): TaskMetric[] {
  const size = targets.data.length / (targets.shape[0] as number);
  let [left, total] = [0, 0];
  for (let component = 0; component < size; component += 1) {
    const own = Array.from(targets.data).filter((_, at) => at % size === component);
    const centre = average(own);
    for (const [item, y] of own.entries()) {
      left += (y - (means.data[item * size + component] as number)) ** 2;
      total += (y - centre) ** 2;
    }
  }
  const cause = 'All labelled test items have the same target.';
  return [
    { metric: 'meanSquaredError', value: left / targets.data.length },
    {
      metric: 'rSquared',
      value: total === 0 ? Number.NaN : 1 - left / total,
      ...(total === 0 ? { cause } : {}),
    },
  ];
}

/**
 * What is measured on one task: accuracy, area under the ROC curve (two classes) and negative log-likelihood of a classification;
 * squared error, R² and negative log-likelihood of a regression, in raw units.
 *
 * @param result - predictions for its labelled items.
 * @param kind - of its targets.
 */
export function taskMetrics(
  result: JointTaskResult,
  kind: 'classification' | 'regression',
): readonly TaskMetric[] {
  if (result.losses.length === 0) {
    const metric: JointMetric = kind === 'classification' ? 'accuracy' : 'meanSquaredError';
    return [{ metric, value: Number.NaN, cause: 'No test item has a label.' }];
  }
  const likelihood: TaskMetric = { metric: 'negativeLogLikelihood', value: average(result.losses) };
  return kind === 'classification'
    ? [{ metric: 'accuracy', value: accuracy(result) }, ...curve(result), likelihood]
    : [...errors(result), likelihood];
}
