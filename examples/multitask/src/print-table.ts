import { meanInterval } from '@tasklearn/evaluation';
import { transferReport } from '@tasklearn/multitask';

/** A line of output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A Markdown table. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  print(line(head));
  print(line(head.map(() => '---')));
  for (const row of rows) print(line(row));
  print('');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean over what is known. */
export function knownMean(values: readonly number[]): number {
  return mean(values.filter((value) => !Number.isNaN(value)));
}

/** Mean of one number per draw, with half of Student's 95 % interval. */
export function withInterval(values: readonly number[], digits = 3): string {
  if (values.length < 2) return mean(values).toFixed(digits);
  const { estimate, upper } = meanInterval(values, { method: 't' });
  return `${estimate.toFixed(digits)} ± ${(upper - estimate).toFixed(digits)}`;
}

/** Score, gain over learning alone, and tasks that lose, of every arm; over tasks that `includes` says. */
export function printTransfer(
  scores: Readonly<Record<string, readonly (readonly number[])[]>>,
  alone: string,
  digits = 3,
  includes: (task: number) => boolean = () => true,
): void {
  const chosen = (runs: readonly (readonly number[])[]) =>
    runs.map((run) => run.filter((_, task) => includes(task)));
  const reference = chosen(scores[alone] as readonly (readonly number[])[]);
  printTable(
    ['learner', 'score', 'gain', 'tasks with a lower mean', 'tasks that lose beyond their interval'],
    Object.entries(scores).map(([name, all]) => {
      const runs = chosen(all);
      const score = withInterval(runs.map(knownMean), digits);
      if (name === alone) return [name, score, '–', '–', '–'];
      const { all: gain, tasks } = transferReport(runs, reference);
      const half = Number.isNaN(gain.upper) ? '' : ` ± ${(gain.upper - gain.mean).toFixed(digits)}`;
      const sign = gain.mean >= 0 ? '+' : '−';
      const lower = tasks.filter((task) => task.mean < 0).length;
      const losing = tasks.filter(({ verdict }) => verdict === 'loses').length;
      const change = `${sign}${Math.abs(gain.mean).toFixed(digits)}${half}`;
      return [name, score, change, `${lower} of ${tasks.length}`, `${losing} of ${tasks.length}`];
    }),
  );
}
