import { requireInteger } from '@tasklearn/core';
import type { Proposer } from './proposer.js';

/** No z: the policy sees the observation alone, with whatever goal the environment puts into it. */
export function noProposer(): Proposer {
  const nothing = new Float32Array(0);
  return {
    kind: 'none',
    size: 0,
    count: 1,
    sample: () => nothing,
    logProbability: () => 0,
    at: () => nothing,
  };
}

/**
 * One of K skills, uniformly: z is one-hot, [K].
 *
 * @throws `INVALID_OPTION` unless K is an integer >= 1.
 */
export function categoricalProposer(skills: number): Proposer {
  requireInteger('categoricalProposer', { skills }, 'skills');
  const at = (index: number) => {
    const code = new Float32Array(skills);
    code[index % skills] = 1;
    return code;
  };
  return {
    kind: 'categorical',
    size: skills,
    count: skills,
    sample: (rng) => at(rng.integer(skills)),
    logProbability: () => -Math.log(skills),
    at,
  };
}

/**
 * d independent fair bits, 0 or 1 each, [d]: 2^d skills with a discriminator of d outputs.
 *
 * @throws `INVALID_OPTION` unless d is an integer in [1, 30].
 */
export function bitsProposer(bits: number): Proposer {
  requireInteger('bitsProposer', { bits }, 'bits', 1, 30);
  const count = 2 ** bits;
  const at = (index: number) =>
    Float32Array.from({ length: bits }, (_, bit) => Math.floor((index % count) / 2 ** bit) % 2);
  return {
    kind: 'bits',
    size: bits,
    count,
    sample: (rng) => at(rng.integer(count)),
    logProbability: () => -bits * Math.LN2,
    at,
  };
}
