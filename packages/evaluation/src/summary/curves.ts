import type { EvaluationRow } from '../rows/evaluation-row.js';
import { groupRows, valuesOf } from '../rows/group-rows.js';
import type { CurvePoint } from './comparison-summary.js';

/** One point per update, in ascending order: mean, lowest and highest over the rows' seeds. */
function curveOf(rows: readonly EvaluationRow[]): CurvePoint[] {
  return [...groupRows(rows, 'update')]
    .map(([update, group]) => ({ update, values: valuesOf(group) }))
    .filter(({ values }) => values.length > 0)
    .map(({ update, values }) => ({
      update,
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
      lower: Math.min(...values),
      upper: Math.max(...values),
    }))
    .sort((a, b) => a.update - b.update);
}

/**
 * Curve of one metric on validation tasks during meta-training.
 *
 * @param rows - rows of one learner.
 * @param metric - the metric's name.
 */
export function validationCurve(rows: readonly EvaluationRow[], metric: string): CurvePoint[] {
  return curveOf(
    rows.filter((row) => row.split === 'validation' && row.task === '' && row.metric === metric),
  );
}

/** Cell metrics that are no curves. */
const totals = ['parameters', 'trainingTime', 'testTime', 'peakMemory', 'updates', 'failed'];

/**
 * Curves of everything logged while meta-training.
 *
 * @param rows - rows of one learner.
 * @returns by metric name, in the order of first appearance.
 */
export function trainingCurves(rows: readonly EvaluationRow[]): Record<string, CurvePoint[]> {
  const logged = rows.filter(
    (row) => row.split === 'train' && row.task === '' && !totals.includes(row.metric),
  );
  return Object.fromEntries(
    [...groupRows(logged, 'metric')].map(([metric, group]) => [metric, curveOf(group)]),
  );
}
