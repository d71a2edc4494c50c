import type { StepEncoding } from '../networks/step-encoding.js';
import type { TrialAdvantages } from '../trials/trial-advantages.js';
import type { TrialBatch } from '../trials/trial-batch.js';
import { inputsOfTrials } from '../trials/trial-inputs.js';
import type { Rl2Columns } from './rl2-update.js';

/**
 * Recorded trials as packed rows [C, length, W] with inputs, actions and mask; the other columns are 0.
 *
 * @param length - L of the batch or more.
 */
export function packTrials(
  encoding: StepEncoding,
  columns: Rl2Columns,
  batch: TrialBatch,
  length: number,
): Float32Array {
  const { inputs: I, action: A, width } = columns;
  const inputs = inputsOfTrials(encoding, batch);
  const rows = new Float32Array(batch.copies * length * width);
  for (let copy = 0; copy < batch.copies; copy += 1) {
    for (let time = 0; time < (batch.lengths[copy] as number); time += 1) {
      const from = copy * batch.length + time;
      const at = (copy * length + time) * width;
      rows.set(inputs.subarray(from * I, (from + 1) * I), at);
      rows.set(batch.action.subarray(from * A, (from + 1) * A), at + I);
      rows[at + width - 1] = 1;
    }
  }
  return rows;
}

/** Fills the columns that come from acting parameters and from rewards, in place. */
export function fillTargets(
  rows: Float32Array,
  columns: Rl2Columns,
  batch: TrialBatch,
  length: number,
  logProbability: Float32Array,
  { advantages, returns }: TrialAdvantages,
): void {
  const first = columns.inputs + columns.action;
  for (let copy = 0; copy < batch.copies; copy += 1) {
    for (let time = 0; time < (batch.lengths[copy] as number); time += 1) {
      const from = copy * batch.length + time;
      const at = (copy * length + time) * columns.width + first;
      rows[at] = logProbability[copy * length + time] as number;
      rows[at + 2] = advantages[from] as number;
      rows[at + 3] = returns[from] as number;
    }
  }
}
