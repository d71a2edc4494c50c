import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { discountedReturns, type RewardSequence } from './discounted-returns.js';
import { generalizedAdvantages } from './generalized-advantages.js';
import { linearFeatureBaseline, timesInEpisode } from './linear-feature-baseline.js';

/** Two copies, four steps, time-major: copy 0 terminates at step 1, copy 1 is truncated at step 2. */
const sequence: RewardSequence = {
  copies: 2,
  length: 4,
  reward: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40),
  discount: Float32Array.of(1, 1, 0, 1, 1, 1, 1, 1),
  ends: Uint8Array.of(0, 0, 1, 0, 0, 1, 0, 0),
};
const value = Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4);
const nextValue = Float32Array.of(1.5, 2, 100, 3, 3.5, 7, 5, 6);

/** The same numbers with rows [copy, time]. */
function copyMajor(values: Float32Array): Float32Array {
  return Float32Array.from(values, (_, row) => values[(row % 4) * 2 + Math.floor(row / 4)] as number);
}

describe('discountedReturns', () => {
  it('by hand: nothing after a termination, the value after a truncation and at the end', () => {
    const found = discountedReturns(sequence, 0.5, nextValue);
    const last0 = 4 + 0.5 * 5;
    const last1 = 40 + 0.5 * 6;
    const truncated = 30 + 0.5 * 7;
    const expected = [
      1 + 0.5 * 2,
      10 + 0.5 * (20 + 0.5 * truncated),
      2,
      20 + 0.5 * truncated,
      3 + 0.5 * last0,
      truncated,
      last0,
      last1,
    ];
    expect([...found]).toEqual(expected.map(Math.fround));
  });
  it('the order of rows makes no difference', () => {
    const other: RewardSequence = {
      ...sequence,
      order: 'copy',
      reward: copyMajor(sequence.reward),
      discount: copyMajor(sequence.discount),
      ends: Uint8Array.from(copyMajor(Float32Array.from(sequence.ends))),
    };
    expect(discountedReturns(other, 0.9, copyMajor(nextValue))).toEqual(
      copyMajor(discountedReturns(sequence, 0.9, nextValue)),
    );
  });
});

describe('generalizedAdvantages', () => {
  const close = (found: Float32Array, expected: Float32Array | number[]) =>
    expected.forEach((x, row) => {
      expect(found[row]).toBeCloseTo(x, 4);
    });
  it('λ = 1 is the return minus the value', () => {
    const { advantages, returns } = generalizedAdvantages(sequence, value, nextValue, {
      gamma: 0.9,
      lambda: 1,
    });
    const monteCarlo = discountedReturns(sequence, 0.9, nextValue);
    close(returns, monteCarlo);
    close(
      advantages,
      monteCarlo.map((g, row) => g - (value[row] as number)),
    );
  });
  it('λ = 0 is the temporal difference, to which a termination adds no value and a truncation does', () => {
    const { advantages } = generalizedAdvantages(sequence, value, nextValue, { gamma: 0.9, lambda: 0 });
    const expected = [...sequence.reward].map(
      (r, row) =>
        r + 0.9 * (sequence.discount[row] as number) * (nextValue[row] as number) - (value[row] as number),
    );
    close(advantages, expected);
    expect(advantages[2]).toBeCloseTo(2 - 1.5);
    expect(advantages[5]).toBeCloseTo(30 + 0.9 * 7 - 3);
  });
  it('between them: Σ (γλ)^l δ, within the episode', () => {
    const options = { gamma: 0.9, lambda: 0.7 };
    const { advantages } = generalizedAdvantages(sequence, value, nextValue, options);
    const delta = generalizedAdvantages(sequence, value, nextValue, { gamma: 0.9, lambda: 0 }).advantages;
    const at = (row: number) => delta[row] as number;
    close(advantages, [at(0) + 0.63 * at(2), at(1) + 0.63 * at(3) + 0.63 ** 2 * at(5), at(2)]);
  });
});

describe('linearFeatureBaseline', () => {
  const rng = createRng(0);
  const rows = 60;
  const observation = Float32Array.from({ length: rows * 2 }, () => rng.gaussian());
  const time = Int32Array.from({ length: rows }, (_, row) => row % 20);
  const s = (row: number, i: number) => observation[2 * row + i] as number;
  const inSpan = Float32Array.from({ length: rows }, (_, row) => {
    const t = (row % 20) / 100;
    return 2 - s(row, 0) + 3 * s(row, 1) ** 2 + t - 4 * t ** 3;
  });
  it('reproduces what lies in the span of its features', () => {
    const found = linearFeatureBaseline({ observationSize: 2, observation, time, returns: inSpan }, 1e-10);
    found.forEach((x, row) => {
      expect(x).toBeCloseTo(inSpan[row] as number, 3);
    });
  });
  it('a row with mask 0 does not count in the fit', () => {
    const spoiled = inSpan.slice();
    spoiled[7] = 1e6;
    const mask = new Float32Array(rows).fill(1);
    mask[7] = 0;
    const found = linearFeatureBaseline(
      { observationSize: 2, observation, time, returns: spoiled, mask },
      1e-10,
    );
    found.forEach((x, row) => {
      expect(x).toBeCloseTo(inSpan[row] as number, 2);
    });
  });
  it('refuses what is not finite, by code', () => {
    const returns = inSpan.slice();
    returns[0] = Number.NaN;
    expect(() => linearFeatureBaseline({ observationSize: 2, observation, time, returns })).toThrow(
      expect.objectContaining({ code: 'NOT_FINITE' }),
    );
  });
  it('timesInEpisode counts from where episodes and sequences begin', () => {
    expect([...timesInEpisode(Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1), 4)]).toEqual([0, 1, 0, 1, 0, 1, 2, 0]);
  });
});
