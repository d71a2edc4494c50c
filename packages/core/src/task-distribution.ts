import type { EpisodeBatch, EpisodeSpec, Split } from './episode.js';
import type { Rng } from './randomness/rng.js';
import type { HostTensor } from './tree/tree.js';

/** What differs between the tasks of a distribution; capability checks read it. */
export type Varies =
  | 'inputs'
  | 'labels'
  | 'loss'
  | 'states'
  | 'actions'
  | 'initialState'
  | 'dynamics'
  | 'reward';

/** What the runner may know of an episode and a learner may not: for reports only. */
export interface EpisodeTruth {
  /** For each class index of the episode, its name in the data set. */
  readonly classNames?: readonly string[];
  /** Numbers that define the task, e.g. `{ amplitude, phase }`. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/**
 * Few-shot tasks. Pure: episode `index` of a split depends on the split, the index and `rng`'s key alone, so
 * every learner meets the same test tasks, and a run can stop, resume or be spread over machines.
 */
export interface EpisodicDistribution {
  readonly kind: 'episodic';
  readonly id: string;
  readonly spec: EpisodeSpec;
  readonly varies: readonly Varies[];
  /**
   * Episodes `first` .. `first + count - 1` of a split, one task each, batched over T = count.
   *
   * @param into - buffers of an earlier call with the same count, to be overwritten and returned.
   */
  episodes(
    split: Split,
    first: number,
    count: number,
    rng: Rng,
    into?: EpisodeBatch<HostTensor>,
  ): EpisodeBatch<HostTensor>;
  /** The hidden truth of one episode. Same arguments, same episode as `episodes`. */
  truth?(split: Split, index: number, rng: Rng): EpisodeTruth;
}
