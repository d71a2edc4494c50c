import type { EpisodeBatch, EpisodeSpec, HostTensor } from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';

/**
 * Spec of a lifetime: H steps in order, given as the query set, whose mask tells which steps are judged. The support set
 * is one masked blank: all that a learner may learn from comes in the inputs of the steps.
 */
export function lifetimeSpec(
  steps: number,
  given: Pick<EpisodeSpec, 'input' | 'target' | 'loss'>,
): EpisodeSpec {
  const { target } = given;
  const ways = target.kind === 'classification' ? { ways: target.classes } : {};
  return { ...given, ...ways, supportSize: 1, querySize: steps };
}

/** Empty buffers for T lifetimes; nothing in the support counts, and no step is judged yet. */
export function lifetimeBuffers(spec: EpisodeSpec, count: number): EpisodeBatch<HostTensor> {
  const { support, query } = episodeBuffers(spec, count);
  const mask = (items: number): HostTensor => ({
    dtype: 'float32',
    shape: [count, items],
    data: new Float32Array(count * items),
  });
  return {
    support: { labelled: { ...support.labelled, mask: mask(spec.supportSize) } },
    query: { ...query, mask: mask(spec.querySize) },
  };
}

/** The buffers with all numbers 0: a blank support, blank steps, no step judged. */
export function clearLifetimes(buffers: EpisodeBatch<HostTensor>): EpisodeBatch<HostTensor> {
  for (const set of [buffers.support.labelled, buffers.query])
    for (const tensor of [set.inputs, set.targets, set.mask]) tensor?.data.fill(0);
  return buffers;
}
