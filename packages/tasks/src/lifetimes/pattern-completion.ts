import type { EpisodeBatch, EpisodicDistribution, HostTensor, Rng } from '@tasklearn/core';
import { requireInteger } from '@tasklearn/core';
import { clearLifetimes, lifetimeBuffers, lifetimeSpec } from './lifetime-buffers.js';

/** Options of pattern completion. */
export type PatternCompletionOptions = {
  /** n, bits of a pattern, even. */
  readonly bits: number;
  /** P, patterns of a lifetime, >= 1. */
  readonly patterns: number;
  /** Steps for which a pattern is shown, >= 1. */
  readonly shown: number;
  /** Blank steps after each pattern, >= 0. */
  readonly blanks: number;
  /** Steps for which the half pattern is shown, >= 1; judged is the last. */
  readonly cue: number;
};

/** Three patterns of 50 bits, three steps each: 15 steps. */
export const patternCompletionDefaults: PatternCompletionOptions = {
  bits: 50,
  patterns: 3,
  shown: 3,
  blanks: 1,
  cue: 3,
};

const ID = '@tasklearn/tasks/pattern-completion';

/** n bits of ±1, as many of one as of the other. */
function balancedBits(bits: number, rng: Rng): Float32Array {
  const order = rng.permutation(bits);
  return Float32Array.from({ length: bits }, (_, bit) => ((order[bit] as number) < bits / 2 ? 1 : -1));
}

/**
 * Remember patterns that are shown once, and complete one of them from half of its bits. A lifetime is a sequence of
 * inputs: each pattern in turn with blanks after it, then one of them again with half its bits 0; the target, judged at the
 * last step alone, is the whole pattern.
 *
 * The steps are the query set, to be read in order by a learner whose state goes on from query to query.
 *
 * @throws `INVALID_OPTION` for a value out of range or an odd number of bits.
 * @see Miconi, Clune, Stanley. Differentiable plasticity. ICML 2018, section 4.1, there with 5 patterns of 1,000 bits.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { patternCompletion } from '@tasklearn/tasks';
 *
 * const { query } = patternCompletion().episodes('train', 0, 2, createRng(0));
 * query.inputs.shape; // => [2, 15, 50]
 * ```
 */
export function patternCompletion(options: Partial<PatternCompletionOptions> = {}): EpisodicDistribution {
  const complete = { ...patternCompletionDefaults, ...options };
  for (const key of ['patterns', 'shown', 'cue'] as const) requireInteger(ID, complete, key, 1);
  requireInteger(ID, complete, 'blanks', 0);
  requireInteger(ID, complete, 'bits', 2);
  requireInteger(ID, { halfOfBits: complete.bits / 2 }, 'halfOfBits', 1);
  const { bits, patterns, shown, blanks, cue } = complete;
  const steps = patterns * (shown + blanks) + cue;
  const spec = lifetimeSpec(steps, {
    input: { shape: [bits], dtype: 'float32', minimum: -1, maximum: 1 },
    target: { kind: 'regression', shape: [bits] },
    loss: 'meanSquaredError',
  });
  return {
    kind: 'episodic',
    id: ID,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = lifetimeBuffers(spec, count)) {
      clearLifetimes(into);
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const all = Array.from({ length: patterns }, () => balancedBits(bits, own));
        const inputs = (into.query.inputs.data as Float32Array).subarray(
          task * steps * bits,
          (task + 1) * steps * bits,
        );
        for (const [index, pattern] of all.entries())
          for (let step = 0; step < shown; step++)
            inputs.set(pattern, (index * (shown + blanks) + step) * bits);
        const asked = all[own.integer(patterns)] as Float32Array;
        const erased = own.permutation(bits).subarray(0, bits / 2);
        const half = asked.slice();
        for (const bit of erased) half[bit] = 0;
        for (let step = steps - cue; step < steps; step++) inputs.set(half, step * bits);
        into.query.targets.data.set(asked, ((task + 1) * steps - 1) * bits);
        (into.query.mask as HostTensor).data[(task + 1) * steps - 1] = 1;
      }
      return into;
    },
  };
}

/**
 * Share of erased bits that a prediction has wrong, by sign: 0.5 is chance.
 *
 * @param episodes - lifetimes of {@link patternCompletion}.
 * @param task - which of them.
 * @param means - predictions for all its steps, [H, n]; only those of the last are read.
 */
export function erasedBitError(
  episodes: EpisodeBatch<HostTensor>,
  task: number,
  means: ArrayLike<number>,
): number {
  const [, steps = 0, bits = 0] = episodes.query.inputs.shape;
  const last = (task * steps + steps - 1) * bits;
  let [wrong, erased] = [0, 0];
  for (let bit = 0; bit < bits; bit++) {
    if (episodes.query.inputs.data[last + bit] !== 0) continue;
    erased += 1;
    if (
      (means[(steps - 1) * bits + bit] as number) * (episodes.query.targets.data[last + bit] as number) <=
      0
    )
      wrong += 1;
  }
  return wrong / erased;
}
