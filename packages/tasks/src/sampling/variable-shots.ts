import {
  type EpisodeBatch,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
  requireInRange,
  requireInteger,
  type Split,
} from '@tasklearn/core';

/**
 * The same regression tasks with fewer support points: for each episode K is drawn from [minimum, maximum], and the points
 * after the first K are masked. Queries stay as they are, so that errors at different K are paired.
 *
 * @param maximum - at most the support size of the distribution.
 * @throws `INVALID_OPTION` for a range that does not lie in [0, support size].
 */
export function variableShots(
  distribution: EpisodicDistribution,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): EpisodicDistribution {
  const owner = 'variableShots';
  const { supportSize } = distribution.spec;
  requireInteger(owner, { minimum }, 'minimum', 0);
  requireInteger(owner, { maximum }, 'maximum', minimum);
  requireInRange(owner, { maximum }, 'maximum', 0, supportSize);
  const masked = (
    episodes: EpisodeBatch<HostTensor>,
    split: Split,
    first: number,
    rng: Rng,
  ): EpisodeBatch<HostTensor> => {
    const { labelled } = episodes.support;
    const count = labelled.inputs.shape[0] as number;
    const mask = labelled.mask ?? {
      dtype: 'float32',
      shape: [count, supportSize],
      data: new Float32Array(count * supportSize),
    };
    for (let task = 0; task < count; task++) {
      const own = rng
        .split('variable shots')
        .split(split)
        .split(first + task);
      const kept = minimum + own.integer(maximum - minimum + 1);
      for (let item = 0; item < supportSize; item++)
        mask.data[task * supportSize + item] = item < kept ? 1 : 0;
    }
    return { ...episodes, support: { ...episodes.support, labelled: { ...labelled, mask } } };
  };
  return {
    kind: 'episodic',
    id: distribution.id,
    varies: distribution.varies,
    spec: distribution.spec,
    episodes: (split, first, count, rng, into) =>
      masked(distribution.episodes(split, first, count, rng, into), split, first, rng),
    ...(distribution.truth && { truth: distribution.truth.bind(distribution) }),
  };
}
