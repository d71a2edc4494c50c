import type { EvaluationRow } from '../rows/evaluation-row.js';

/** Values of one metric on test episodes: seed → episode → value. */
export type EpisodeValues = ReadonlyMap<number, ReadonlyMap<string, number>>;

/**
 * Test-episode values of one learner and metric.
 *
 * @param rows - rows of any kind.
 * @param learner - the learner's name.
 * @param metric - the metric's name.
 * @returns a map per seed; seeds without such rows are absent.
 */
export function episodeValues(rows: Iterable<EvaluationRow>, learner: string, metric: string): EpisodeValues {
  const bySeed = new Map<number, Map<string, number>>();
  for (const row of rows) {
    if (row.learner !== learner || row.metric !== metric || row.split !== 'test') continue;
    if (row.value === null || !row.task.startsWith('episode ')) continue;
    const episodes = bySeed.get(row.seed) ?? new Map<string, number>();
    episodes.set(row.task, row.value);
    bySeed.set(row.seed, episodes);
  }
  return bySeed;
}

/**
 * Differences first − second on the episodes that both have, per shared seed.
 *
 * @returns one array per seed, in the first's order of seeds and episodes; seeds without a shared episode are left out.
 */
export function pairedValues(first: EpisodeValues, second: EpisodeValues): number[][] {
  const differences: number[][] = [];
  for (const [seed, episodes] of first) {
    const others = second.get(seed);
    if (others === undefined) continue;
    const shared: number[] = [];
    for (const [task, value] of episodes) {
      const other = others.get(task);
      if (other !== undefined) shared.push(value - other);
    }
    if (shared.length > 0) differences.push(shared);
  }
  return differences;
}
