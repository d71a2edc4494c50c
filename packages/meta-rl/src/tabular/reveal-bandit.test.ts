import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { type CouplingMethod, trialsUntilOptimal } from './reveal-bandit.js';

function median(problems: number, method: CouplingMethod, runs: number): number {
  const counts = Array.from({ length: runs }, (_, run) =>
    trialsUntilOptimal(problems, method, createRng(`${method} ${problems} ${run}`)),
  ).sort((a, b) => a - b);
  return counts[Math.floor(runs / 2)] as number;
}

describe('trialsUntilOptimal', () => {
  it('end to end needs n times the trials that decoupled learners need', () => {
    // n coupons of probability 1/n³ against 2n coupons of probability 1/n².
    const rows = [4, 8].map((n) => [median(n, 'endToEnd', 101), median(n, 'decoupled', 101)] as const);
    const [[four, fourDecoupled], [eight, eightDecoupled]] = rows as [[number, number], [number, number]];
    expect(four).toBeGreaterThan(90);
    expect(four).toBeLessThan(230);
    expect(fourDecoupled).toBeGreaterThan(30);
    expect(fourDecoupled).toBeLessThan(70);
    expect(eight).toBeGreaterThan(900);
    expect(eight).toBeLessThan(1700);
    expect(eightDecoupled).toBeGreaterThan(150);
    expect(eightDecoupled).toBeLessThan(300);
    expect(eight / eightDecoupled).toBeGreaterThan((1.4 * four) / fourDecoupled);
  });

  it('gives up at the limit, and repeats itself', () => {
    expect(trialsUntilOptimal(8, 'endToEnd', createRng(1), 10)).toBe(10);
    expect(trialsUntilOptimal(4, 'decoupled', createRng(1))).toBe(
      trialsUntilOptimal(4, 'decoupled', createRng(1)),
    );
  });
});
