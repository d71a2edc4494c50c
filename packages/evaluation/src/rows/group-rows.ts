import type { EvaluationRow } from './evaluation-row.js';
import { rowIdentity } from './evaluation-row.js';

/** A member of a row that rows can be grouped by. */
export type RowKey = keyof EvaluationRow;

/**
 * Groups rows by one member, keeping the order in which values first appear and the order of rows.
 *
 * @param rows - any rows; not modified.
 * @param key - the member to group by.
 * @returns one list per distinct value.
 */
export function groupRows<Key extends RowKey>(
  rows: Iterable<EvaluationRow>,
  key: Key,
): Map<EvaluationRow[Key], EvaluationRow[]> {
  const groups = new Map<EvaluationRow[Key], EvaluationRow[]>();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group === undefined) groups.set(row[key], [row]);
    else group.push(row);
  }
  return groups;
}

/**
 * Rows that have the given members.
 *
 * @param rows - any rows.
 * @param members - values to match exactly.
 */
export function selectRows(rows: Iterable<EvaluationRow>, members: Partial<EvaluationRow>): EvaluationRow[] {
  const wanted = Object.entries(members);
  return [...rows].filter((row) => wanted.every(([key, value]) => row[key as RowKey] === value));
}

/**
 * Rows with each observation once: where a run was killed and resumed it may have made an observation twice, and the
 * later one counts. Order is that of first appearance.
 *
 * @param rows - rows in the order in which they were written.
 */
export function distinctRows(rows: Iterable<EvaluationRow>): EvaluationRow[] {
  const byIdentity = new Map<string, EvaluationRow>();
  for (const row of rows) byIdentity.set(rowIdentity(row), row);
  return [...byIdentity.values()];
}

/** Values of the rows that have one, in row order. */
export function valuesOf(rows: Iterable<EvaluationRow>): number[] {
  const values: number[] = [];
  for (const { value } of rows) if (value !== null) values.push(value);
  return values;
}
