import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file of rows, one line of JSON each, to which an interrupted run is added. */
export function rowFile<Row extends object>(path: string, keyOf: (row: Row) => string) {
  mkdirSync(dirname(path), { recursive: true });
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : [];
  const rows = lines.map((line) => JSON.parse(line) as Row);
  const known = new Set(rows.map(keyOf));
  return {
    rows,
    has: (row: Row) => known.has(keyOf(row)),
    add(row: Row) {
      appendFileSync(path, `${JSON.stringify(row)}\n`);
      rows.push(row);
    },
  };
}

/** Mean and half of the 95 % interval over seeds, by Student's t. */
export function meanOfSeeds(values: readonly number[]): string {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return mean.toFixed(3);
  const quantile = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262][count - 2] ?? 1.96;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return `${mean.toFixed(3)} ± ${(quantile * Math.sqrt(variance / count)).toFixed(3)}`;
}
