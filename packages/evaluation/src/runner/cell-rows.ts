import type { Split } from '@tasklearn/core';
import { hashJson } from '../plan/hash-json.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { metrics } from '../rows/metrics.js';
import type { PreparedCell } from './cell-kind.js';

/** Makes a row of a cell; a value that is not finite becomes null. */
export type RowMaker = (
  split: Split,
  update: number,
  task: string,
  metric: string,
  value: number,
  /** Members that only this row has, e.g. its episode. */
  more?: Partial<EvaluationRow>,
) => EvaluationRow;

/**
 * Makes rows of a cell.
 *
 * @param prepared - the cell.
 */
export function rowMaker(prepared: PreparedCell): RowMaker {
  const hashes = {
    train: hashJson(prepared.distributionOptions.train),
    validation: hashJson(prepared.distributionOptions.validation),
    test: hashJson(prepared.distributionOptions.test),
  };
  const { cell, learnerId, version, distributionId } = prepared;
  const options = hashJson({ ...prepared.options, ...cell.learner.testOptions });
  const units = metrics as Readonly<Record<string, { readonly unit: string }>>;
  return (split, update, task, metric, value, more) => ({
    learner: cell.learner.name,
    learnerId,
    version,
    options,
    distribution: distributionId,
    distributionOptions: hashes[split],
    split,
    seed: cell.seed,
    update,
    task,
    metric,
    unit: units[metric]?.unit ?? '',
    value: Number.isFinite(value) ? value : null,
    ...prepared.rowMembers(split),
    ...more,
  });
}
