import { type HostTensor, type Rng, requireInteger, requireNonNegative, type Tree } from '@tasklearn/core';
import type { Density } from '../densities/density.js';
import type { RewardModel, SlotContext } from '../learners/goal-slots.js';
import { featureIndices, nextFeatures, writeRewards } from './state-features.js';

/** What {@link densityReward} is made of. */
export interface DensityRewardOptions {
  /** For messages. */
  readonly name: string;
  /** A density of D features, not yet fitted. */
  readonly density: (size: number, rng: Rng) => Density;
  /** log p*(x) of N points [N * D], up to a constant; uniform where absent. */
  readonly target?: (points: Float32Array) => ArrayLike<number>;
  /** What the density is fitted to: a uniform sample of `all` states so far, or those of the `current` update. */
  readonly history: 'all' | 'current';
  /** States kept for the fit. */
  readonly capacity: number;
  /** Which numbers of an observation are the state; null for what was achieved, or all. */
  readonly features: readonly number[] | null;
  /** Factor of log p* − log ρ. */
  readonly scale: number;
  /** Factor of the environment's own reward beside it; 0 for none. */
  readonly environment: number;
}

/** Points of which, however many come, a uniform sample is kept. */
interface Sample {
  points: Float32Array;
  count: number;
  seen: number;
}

function keep(
  sample: Sample,
  points: Float32Array,
  size: number,
  history: 'all' | 'current',
  rng: Rng,
): void {
  if (history === 'current') [sample.count, sample.seen] = [0, 0];
  const capacity = sample.points.length / size;
  for (let point = 0; point < points.length / size; point += 1) {
    const slot = sample.count < capacity ? sample.count : Math.floor(rng.next() * (sample.seen + 1));
    sample.seen += 1;
    if (slot >= capacity) continue;
    sample.points.set(points.subarray(point * size, (point + 1) * size), slot * size);
    sample.count = Math.max(sample.count, slot + 1);
  }
}

/**
 * State marginal matching's reward: r = log p*(s′) − log ρ(s′), ρ fitted to the states of all policies so far. With
 * `history: 'current'` it is the novelty bonus of a density that forgets.
 *
 * @see Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov. Efficient Exploration via State Marginal Matching. 2019. arXiv:1906.05274.
 */
export function densityReward(options: DensityRewardOptions): (context: SlotContext) => Promise<RewardModel> {
  requireNonNegative(options.name, options, 'scale');
  requireNonNegative(options.name, options, 'environment');
  requireInteger(options.name, options, 'capacity');
  return async ({ spec, fields, rng }) => {
    const indices = featureIndices(options.name, spec, options.features);
    const size = indices.length;
    let density = options.density(size, rng.split('density'));
    const sample: Sample = { points: new Float32Array(options.capacity * size), count: 0, seen: 0 };
    return {
      async observe(episodes, stream) {
        for (const [index, rows] of episodes.entries()) {
          const history = index === 0 ? options.history : 'all';
          keep(sample, nextFeatures(fields, rows, indices), size, history, stream.split(index));
        }
        density = density.fit(sample.points.subarray(0, sample.count * size));
        const held = density.logDensity(sample.points.subarray(0, sample.count * size));
        return { stateEntropy: -held.reduce((sum, log) => sum + log, 0) / held.length };
      },
      async write(rows) {
        const points = nextFeatures(fields, rows, indices);
        const wanted = options.target?.(points);
        const bonus = density.logDensity(points).map((log, row) => (wanted?.[row] ?? 0) - log);
        return { intrinsicReward: writeRewards(fields, rows, bonus, options) };
      },
      save: () => ({
        density: density.save(),
        points: { dtype: 'float32', shape: [sample.points.length], data: sample.points.slice() },
        counts: { dtype: 'int32', shape: [2], data: Int32Array.of(sample.count, sample.seen) },
      }),
      restore(saved) {
        const held = saved as {
          readonly density: Tree<HostTensor>;
          readonly points: HostTensor;
          readonly counts: HostTensor;
        };
        density = density.restore(held.density);
        sample.points.set(held.points.data);
        [sample.count, sample.seen] = [held.counts.data[0] as number, held.counts.data[1] as number];
      },
      dispose() {},
    };
  };
}
