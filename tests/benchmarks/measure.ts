import { type Column, type Contest, start } from './contests.js';
import type { Absent, Contestant } from './peers/worker-process.js';

/** One column's measurements, seconds per step, in the order of the rounds. */
export interface Measured {
  readonly column: Column;
  readonly version: string;
  readonly secondsPerStep: readonly number[];
}

/** All columns of one contest, measured in one interleaved run. */
export interface ContestResult {
  readonly contest: Contest;
  readonly measured: readonly Measured[];
  readonly absent: readonly Absent[];
}

const isAbsent = (entry: Contestant | Absent): entry is Absent => 'reason' in entry;

/** Middle value; the mean of the middle two for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Median over rounds of the other column's time divided by ours: above 1, ours is quicker. Paired by round. */
export function speedup(ours: Measured, theirs: Measured): number {
  return median(
    theirs.secondsPerStep.map((seconds, round) => seconds / (ours.secondsPerStep[round] as number)),
  );
}

/**
 * Starts every contestant, then measures them in turn, round by round, so that a change in the machine's speed meets all of
 * them. One runs at a time; the others wait on their standard input.
 */
export async function run(
  contest: Contest,
  rounds: number,
  log: (line: string) => void,
): Promise<ContestResult> {
  const contestants: Contestant[] = [];
  const absent: Absent[] = [];
  for (const column of contest.columns) {
    const entry = await start(contest, column);
    if (isAbsent(entry)) {
      absent.push(entry);
      log(`  ${column}: absent (${entry.reason})`);
    } else contestants.push(entry);
  }
  const steps = new Map<Contestant, number>();
  for (const contestant of contestants) {
    const once = await contestant.measure(2);
    steps.set(contestant, Math.max(1, Math.round(contest.seconds / once)));
  }
  const times = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants)
      times.get(contestant)?.push(await contestant.measure(steps.get(contestant) as number));
  for (const contestant of contestants) contestant.stop();
  const measured = contestants.map((contestant) => ({
    column: contestant.column as Column,
    version: contestant.version,
    secondsPerStep: times.get(contestant) as number[],
  }));
  for (const { column, secondsPerStep } of measured)
    log(`  ${column}: ${(1 / median(secondsPerStep)).toPrecision(4)} steps/s`);
  return { contest, measured, absent };
}
