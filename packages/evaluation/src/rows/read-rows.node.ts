import { readFile } from 'node:fs/promises';
import { TasklearnError } from '@tasklearn/core';
import { type EvaluationRow, isEvaluationRow } from './evaluation-row.js';
import { distinctRows } from './group-rows.js';

function parseLine(line: string): EvaluationRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvaluationRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a row file. A last line without its end, as a killed process leaves it, is left out; observations made twice
 * count once (the later one).
 *
 * @param path - the `.jsonl` file.
 * @throws `MISSING_DATA` if there is no such file.
 * @throws `CORRUPT_FILE` for a complete line that is not a row; `details.line` counts from 1.
 */
export async function readRows(path: string): Promise<EvaluationRow[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TasklearnError('MISSING_DATA', `readRows: no row file at ${path}. Run a plan first.`, {
      path,
      cause,
    });
  }
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const rows: EvaluationRow[] = [];
  lines.forEach((line, index) => {
    if (line === '') return;
    const row = parseLine(line);
    if (row === undefined) {
      throw new TasklearnError(
        'CORRUPT_FILE',
        `readRows: line ${index + 1} of ${path} is not a row of results: ${line.slice(0, 80)}`,
        { path, line: index + 1 },
      );
    }
    rows.push(row);
  });
  return distinctRows(rows);
}
