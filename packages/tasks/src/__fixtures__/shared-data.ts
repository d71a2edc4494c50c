import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A data set's folder inside TASKLEARN_DATA, or undefined; says so, so that a skipped test has its reason printed. */
export function sharedData(dataset: string): string | undefined {
  const root = process.env.TASKLEARN_DATA;
  const folder = root === undefined ? undefined : join(root, dataset);
  if (folder !== undefined && existsSync(folder)) return folder;
  process.stdout.write(`skipped: no data (${dataset}; TASKLEARN_DATA is ${root ?? 'unset'})\n`);
  return undefined;
}
