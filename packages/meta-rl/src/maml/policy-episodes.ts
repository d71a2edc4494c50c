import { type ActionLimits, linearFeatureBaseline } from '@tasklearn/rl';
import { standardize } from '../trials/trial-advantages.js';
import type { TrialBatch } from '../trials/trial-batch.js';
import type { MamlRlOptions } from './maml-options.js';
import type { PolicyRowLayout } from './policy-rows.js';

/** One episode of one copy, among others of a batch that holds one episode per copy. */
export interface EpisodeSource {
  readonly batch: TrialBatch;
  readonly copy: number;
}

type Options = Pick<MamlRlOptions, 'discount' | 'trace' | 'normalizeAdvantages'>;

/** What one task's rows are computed from, copy-major [E * H]. */
interface TaskColumns {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: Float32Array;
  readonly discount: Float32Array;
  readonly mask: Float32Array;
  readonly time: Int32Array;
}

/** Actions in units of their reach around their centre, in place. */
function normalize(
  values: Float32Array,
  first: number,
  count: number,
  { centre, reach }: ActionLimits,
): void {
  for (let at = first; at < first + count; at += 1) values[at] = ((values[at] as number) - centre) / reach;
}

function columnsOf(layout: PolicyRowLayout, episodes: readonly EpisodeSource[]): TaskColumns {
  const { observationSize: O, actionSize: A, horizon: H } = layout;
  const rows = layout.episodes * H;
  const columns: TaskColumns = {
    observation: new Float32Array(rows * O),
    action: new Float32Array(rows * A),
    reward: new Float32Array(rows),
    discount: new Float32Array(rows),
    mask: new Float32Array(rows),
    time: new Int32Array(rows),
  };
  for (const [index, { batch, copy }] of episodes.entries()) {
    const from = copy * batch.length;
    const steps = batch.lengths[copy] as number;
    columns.observation.set(batch.observation.subarray(from * O, (from + steps) * O), index * H * O);
    columns.action.set(batch.action.subarray(from * A, (from + steps) * A), index * H * A);
    if (layout.limits !== undefined) normalize(columns.action, index * H * A, steps * A, layout.limits);
    for (const name of ['reward', 'discount', 'mask'] as const)
      columns[name].set(batch[name].subarray(from, from + steps), index * H);
    for (let time = 0; time < steps; time += 1) columns.time[index * H + time] = time;
  }
  return columns;
}

/** γ-discounted sums of rewards to the end of each episode. */
function returnsToGo({ reward, mask }: TaskColumns, horizon: number, discount: number): Float32Array {
  const returns = new Float32Array(reward.length);
  for (let row = reward.length - 1; row >= 0; row -= 1) {
    const last = row % horizon === horizon - 1 || mask[row + 1] === 0;
    returns[row] = (reward[row] as number) + (last ? 0 : discount * (returns[row + 1] as number));
  }
  return returns;
}

/** Â by the recursion of generalised advantages; an episode's end is the end of what it is worth. */
function advantagesOf(
  { reward, mask }: TaskColumns,
  baseline: Float32Array,
  horizon: number,
  { discount, trace }: Options,
): Float32Array {
  const advantages = new Float32Array(reward.length);
  for (let row = reward.length - 1; row >= 0; row -= 1) {
    if (mask[row] === 0) continue;
    const last = row % horizon === horizon - 1 || mask[row + 1] === 0;
    const next = last ? 0 : (baseline[row + 1] as number);
    const later = last ? 0 : (advantages[row + 1] as number);
    advantages[row] =
      (reward[row] as number) + discount * next - (baseline[row] as number) + discount * trace * later;
  }
  return advantages;
}

/**
 * Packed decisions of one task, written at its place in `rows` [T, E · H, W]: advantages over a linear baseline that is
 * fitted to these episodes alone. The column of log π stays 0.
 *
 * @param episodes - at most E; fewer leave masked rows.
 */
export function writePolicyRows(
  rows: Float32Array,
  task: number,
  layout: PolicyRowLayout,
  episodes: readonly EpisodeSource[],
  options: Options,
): void {
  const { observationSize: O, actionSize: A, horizon: H, width } = layout;
  const columns = columnsOf(layout, episodes);
  const returns = returnsToGo(columns, H, options.discount);
  const { observation, time, mask } = columns;
  const baseline = linearFeatureBaseline({ observationSize: O, observation, time, returns, mask });
  const advantages = advantagesOf(columns, baseline, H, options);
  if (options.normalizeAdvantages) standardize(advantages, mask);
  const count = layout.episodes * H;
  for (let row = 0; row < count; row += 1) {
    if (mask[row] === 0) continue;
    const at = (task * count + row) * width;
    rows.set(observation.subarray(row * O, (row + 1) * O), at);
    rows.set(columns.action.subarray(row * A, (row + 1) * A), at + O);
    const factor = options.discount ** (time[row] as number) / H;
    const rest = [advantages[row], 0, 1, factor * (columns.reward[row] as number)];
    rows.set(rest as number[], at + O + A);
    rows[at + O + A + 4] = factor * (baseline[row] as number);
  }
}
