import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { channelCapacity } from './channel-capacity.js';
import { entropy } from './entropy.js';
import { klDivergence } from './kl-divergence.js';
import { mutualInformation, variationalInformation } from './mutual-information.js';

const rng = createRng('information');

function randomDistribution(size: number, label: number): number[] {
  const stream = rng.split(label);
  const weights = Array.from({ length: size }, () => -Math.log(1 - stream.next()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('entropy', () => {
  it('is log n of a uniform distribution, 0 of a certain one, and by hand between', () => {
    expect(entropy(new Float64Array(8).fill(1 / 8))).toBeCloseTo(Math.log(8), 12);
    expect(entropy([0, 1, 0])).toBe(0);
    expect(entropy([0.5, 0.25, 0.25])).toBeCloseTo(1.5 * Math.LN2, 12);
  });

  it('is greatest for the uniform distribution', () => {
    for (let label = 0; label < 20; label += 1) {
      expect(entropy(randomDistribution(6, label))).toBeLessThan(Math.log(6));
    }
  });
});

describe('klDivergence', () => {
  it('is 0 for equal distributions, by hand for others, infinite off the support', () => {
    expect(klDivergence([0.3, 0.7], [0.3, 0.7])).toBe(0);
    expect(klDivergence([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 12);
    expect(klDivergence([0.5, 0.5], [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
  });

  it('refuses distributions over different sets', () => {
    expect(() => klDivergence([1], [0.5, 0.5])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('mutualInformation', () => {
  it('is 0 for independent variables and for a constant', () => {
    const [p, q] = [randomDistribution(3, 100), randomDistribution(4, 101)];
    expect(
      mutualInformation(
        p.flatMap((x) => q.map((y) => x * y)),
        3,
      ),
    ).toBeCloseTo(0, 12);
    expect(mutualInformation(p, 3)).toBeCloseTo(0, 12);
  });

  it('is the entropy of one variable that the other determines', () => {
    expect(mutualInformation([0.2, 0, 0, 0, 0.3, 0, 0, 0, 0.5], 3)).toBeCloseTo(entropy([0.2, 0.3, 0.5]), 12);
  });

  it('is bounded from below by any posterior, tightly by the true one', () => {
    for (let label = 0; label < 20; label += 1) {
      const joint = randomDistribution(6, 200 + label); // 2 × 3
      const columns = [0, 1, 2].map((y) => (joint[y] as number) + (joint[y + 3] as number));
      const truth = joint.map((mass, index) => mass / (columns[index % 3] as number));
      const guess = [0, 1, 2].map((y) => randomDistribution(2, 300 + 3 * label + y));
      const posterior = [0, 1].flatMap((x) => guess.map((column) => column[x] as number));
      const exact = mutualInformation(joint, 2);
      expect(variationalInformation(joint, 2, truth)).toBeCloseTo(exact, 10);
      expect(variationalInformation(joint, 2, posterior)).toBeLessThan(exact + 1e-12);
    }
  });

  it('refuses what is no matrix', () => {
    expect(() => mutualInformation([0.5, 0.25, 0.25], 2)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
    expect(() => variationalInformation([0.5, 0.5], 2, [1])).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('channelCapacity', () => {
  it('is log n of a noiseless channel and 0 where the output does not depend on the input', () => {
    expect(channelCapacity([1, 0, 0, 0, 1, 0, 0, 0, 1], 3).capacity).toBeCloseTo(Math.log(3), 9);
    expect(channelCapacity([0.3, 0.7, 0.3, 0.7], 2).capacity).toBeCloseTo(0, 9);
  });

  it('is log 2 − h(p) of a binary symmetric channel', () => {
    const p = 0.2;
    expect(channelCapacity([1 - p, p, p, 1 - p], 2).capacity).toBeCloseTo(Math.LN2 - entropy([p, 1 - p]), 8);
  });

  it('is log(1 + (1 − e) e^{e/(1−e)}) of a Z channel, which uniform inputs do not reach', () => {
    const e = 0.5;
    const { capacity, inputs, history } = channelCapacity([1, 0, e, 1 - e], 2);
    expect(capacity).toBeCloseTo(Math.log(1 + (1 - e) * e ** (e / (1 - e))), 7);
    expect(inputs[0]).toBeGreaterThan(0.55);
    for (const [index, value] of history.slice(1).entries()) {
      expect(value).toBeGreaterThan((history[index] as number) - 1e-15);
    }
  });

  it('refuses bad options', () => {
    expect(() => channelCapacity([1], 1, { tolerance: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
