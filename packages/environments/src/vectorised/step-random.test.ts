import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { StepRandom } from './step-random.js';

const draws = (random: StepRandom, copy: number, count: number) =>
  Array.from({ length: count }, () => random.uniform(copy));

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, index) => sum + (value - mx) * ((y[index] as number) - my), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

describe('StepRandom', () => {
  it('gives a copy the same numbers whatever the other copies do, and however many there are', () => {
    const many = new StepRandom(createRng(1), 8);
    draws(many, 3, 10);
    const alone = new StepRandom(createRng(1), 6);
    expect(draws(many, 5, 20)).toEqual(draws(alone, 5, 20));
  });

  it('goes on from key and counter alone', () => {
    const random = new StepRandom(createRng(2), 2);
    draws(random, 1, 7);
    const counters = random.counters.slice();
    const next = draws(random, 1, 5);
    random.counters.set(counters);
    expect(draws(random, 1, 5)).toEqual(next);
  });

  it('draws uniform bytes from every part of the word', () => {
    const random = new StepRandom(createRng(3), 1);
    const counts = [0, 8, 16, 24].map(() => new Float64Array(256));
    for (let draw = 0; draw < 102_400; draw += 1) {
      const word = random.word(0);
      for (const [part, bytes] of counts.entries()) bytes[(word >>> (8 * part)) & 255]! += 1;
    }
    for (const bytes of counts) {
      const chiSquare = bytes.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
      expect(chiSquare).toBeLessThan(341); // 255 degrees of freedom, p = 0.0003
      expect(chiSquare).toBeGreaterThan(180);
    }
  });

  it('draws streams and neighbours that are not correlated', () => {
    const random = new StepRandom(createRng(4), 4);
    const streams = [0, 1, 2, 3].map((copy) => draws(random, copy, 20_000));
    for (const [a, first] of streams.entries())
      for (const [b, second] of streams.entries()) {
        // Standard error is 0.007.
        if (a !== b) expect(Math.abs(correlation(first, second))).toBeLessThan(0.03);
        else expect(Math.abs(correlation(first.slice(1), first.slice(0, -1)))).toBeLessThan(0.03);
      }
  });

  it('is not fooled by keys that differ in one bit', () => {
    const random = new StepRandom(createRng(5), 2);
    for (const [word, bit] of [
      [0, 0],
      [0, 17],
      [1, 0],
      [1, 31],
    ] as const) {
      random.keys[2] = random.keys[0] as number;
      random.keys[3] = random.keys[1] as number;
      random.keys[2 + word] = ((random.keys[word] as number) ^ (1 << bit)) >>> 0;
      expect(Math.abs(correlation(draws(random, 0, 20_000), draws(random, 1, 20_000)))).toBeLessThan(0.03);
    }
  });

  it('draws integers below their bound and standard normal numbers', () => {
    const random = new StepRandom(createRng(6), 1);
    const counts = new Float64Array(7);
    for (let draw = 0; draw < 70_000; draw += 1) counts[random.integer(0, 7)]! += 1;
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
    const normal = Array.from({ length: 50_000 }, () => random.gaussian(0));
    const moment = (power: number) => normal.reduce((sum, value) => sum + value ** power, 0) / normal.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.06);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });
});
