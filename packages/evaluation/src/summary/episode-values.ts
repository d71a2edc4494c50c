import type { EvaluationRow } from '../rows/evaluation-row.js';
import { mean } from '../statistics/moments.js';

/** Values of one metric on test episodes, on tasks, or on lifetimes: seed → episode or task → value. */
export type EpisodeValues = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** How the names of whole units begin. */
const wholes = ['episode ', 'task ', 'lifetime '];

/**
 * Test values of one learner and metric: per episode, or per control task the mean over the episodes that count.
 *
 * @param rows - rows of any kind.
 * @param learner - the learner's name.
 * @param metric - the metric's name.
 * @param explorationEpisodes - of a control trial: so many first episodes do not count.
 * @returns a map per seed; seeds without such rows are absent.
 */
export function episodeValues(
  rows: Iterable<EvaluationRow>,
  learner: string,
  metric: string,
  explorationEpisodes = 0,
): EpisodeValues {
  const bySeed = new Map<number, Map<string, number[]>>();
  for (const row of rows) {
    const { learner: name, metric: own, split, seed, task, episode, value } = row;
    if (name !== learner || own !== metric || split !== 'test' || value === null) continue;
    const isPart = episode !== undefined || row.after !== undefined || row.step !== undefined;
    const isWhole = !isPart && wholes.some((whole) => task.startsWith(whole));
    if (!isWhole && !(episode !== undefined && episode >= explorationEpisodes)) continue;
    const tasks = bySeed.get(seed) ?? new Map<string, number[]>();
    tasks.set(task, [...(tasks.get(task) ?? []), value]);
    bySeed.set(seed, tasks);
  }
  return new Map(
    [...bySeed].map(([seed, tasks]) => [
      seed,
      new Map([...tasks].map(([task, values]) => [task, mean(values)] as const)),
    ]),
  );
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
