import {
  createRng,
  type EpisodeBatch,
  type EpisodicDistribution,
  type HostTensor,
  leavesOf,
  type Tree,
} from '@tasklearn/core';
import { demand } from '../check.js';
import { demandIdentical, differs } from '../compare.js';
import { copyOf, tasksOf } from '../episodes/change-episodes.js';

const SPLITS = ['train', 'validation', 'test'] as const;
const seed = () => createRng('conformance');

/** A copy, typed as a tree: what the distribution returns may be written over by its next call. */
function drawn(
  distribution: EpisodicDistribution,
  ...call: Parameters<EpisodicDistribution['episodes']>
): Tree<HostTensor> {
  return copyOf(distribution.episodes(...call) as Tree<HostTensor>);
}

/** Split, index and the stream's key alone decide; not what was drawn before, from the stream or from the distribution. */
export function demandPure(distribution: EpisodicDistribution): void {
  for (const split of SPLITS) {
    const first = drawn(distribution, split, 2, 3, seed());
    drawn(distribution, split, 7, 2, seed());
    demandIdentical(
      `${distribution.id}: ${split} episodes asked for twice`,
      first,
      drawn(distribution, split, 2, 3, seed()),
    );
    const used = seed();
    used.next();
    const after = drawn(distribution, split, 2, 3, used);
    demandIdentical(`${distribution.id}: ${split} episodes from a stream that was drawn from`, first, after);
  }
}

/** Otherwise every update would be made on the same tasks. */
export function demandVariety(distribution: EpisodicDistribution): void {
  const first = drawn(distribution, 'train', 0, 1, seed());
  const others = {
    'another index': drawn(distribution, 'train', 1, 1, seed()),
    'another split': drawn(distribution, 'test', 0, 1, seed()),
    'another seed': drawn(distribution, 'train', 0, 1, createRng('another')),
  };
  for (const [what, other] of Object.entries(others)) {
    demand(differs(first, other), `${distribution.id}: ${what} gives the same episode.`, { what });
  }
}

/** Episode 4 is episode 4, however many are drawn with it. */
export function demandBatchesAgree(distribution: EpisodicDistribution): void {
  const batch = drawn(distribution, 'train', 3, 3, seed());
  for (let task = 0; task < 3; task++) {
    const alone = drawn(distribution, 'train', 3 + task, 1, seed());
    demandIdentical(
      `${distribution.id}: episode ${3 + task} in a batch and alone`,
      tasksOf(batch, task, 1),
      alone,
    );
  }
}

/** Buffers come back as they went in, with every value written over. */
export function demandBuffersReused(distribution: EpisodicDistribution): void {
  const fresh = drawn(distribution, 'train', 5, 2, seed());
  const into = distribution.episodes('train', 0, 2, seed());
  const arrays = leavesOf(into as Tree<HostTensor>).map(({ data }) => data);
  for (const array of arrays) array.fill(77);
  const back = distribution.episodes('train', 5, 2, seed(), into) as EpisodeBatch<HostTensor>;
  const same = leavesOf(back as Tree<HostTensor>).every(({ data }, at) => data === arrays[at]);
  demand(same, `${distribution.id}: made new arrays where it was given some to reuse.`);
  demandIdentical(`${distribution.id}: episodes in new and in used buffers`, fresh, back as Tree<HostTensor>);
}
