import type { Column } from './contests.js';
import { type ContestResult, type Measured, median, speedup } from './measure.js';

const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const find = (result: ContestResult, column: Column): Measured | undefined =>
  result.measured.find((entry) => entry.column === column);

function cell(result: ContestResult, column: Column): string {
  const entry = find(result, column);
  if (entry !== undefined) {
    const sorted = [...entry.secondsPerStep].map((seconds) => 1 / seconds).sort((a, b) => a - b);
    return `${number(1 / median(entry.secondsPerStep))} (${number(sorted[0] as number)}–${number(sorted.at(-1) as number)})`;
  }
  return result.absent.some((missing) => missing.column === column) ? 'absent' : '';
}

/** Steps per second: median (smallest–largest) over rounds, one row per contest. */
export function speedTable(results: readonly ContestResult[], columns: readonly Column[]): string {
  const head = `| step | threads | ${columns.join(' | ')} |`;
  const rule = `|---|---|${columns.map(() => '---').join('|')}|`;
  const rows = results.map(
    (result) =>
      `| ${result.contest.title} | ${result.contest.threads} | ${columns.map((column) => cell(result, column)).join(' | ')} |`,
  );
  return [head, rule, ...rows].join('\n');
}

/** What the project asks of itself: at least this many times the peer's speed. */
export interface Target {
  readonly title: string;
  readonly threads: number;
  readonly against: Column;
  readonly atLeast: number;
}

/** Compiled against each peer, paired by round, with the target and whether it was reached. */
export function ratioTable(results: readonly ContestResult[], targets: readonly Target[]): string {
  const rows = targets.map(({ title, threads, against, atLeast }) => {
    const result = results.find(({ contest }) => contest.title === title && contest.threads === threads);
    const ours = result && find(result, 'compiled');
    const theirs = result && find(result, against);
    const ratio = ours && theirs ? speedup(ours, theirs) : undefined;
    const measured = ratio === undefined ? 'not measured: peer absent' : `${number(ratio)}x`;
    const verdict = ratio === undefined ? '' : ratio >= atLeast ? 'reached' : '**not reached**';
    return `| ${title} | ${threads} | ${against} | ${atLeast}x | ${measured} | ${verdict} |`;
  });
  return ['| step | threads | against | target | measured | |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
