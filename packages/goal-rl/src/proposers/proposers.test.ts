import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { bitsProposer, categoricalProposer, noProposer } from './proposers.js';

describe('proposers', () => {
  it('number their values, each of them once', () => {
    for (const proposer of [categoricalProposer(5), bitsProposer(3), noProposer()]) {
      const codes = Array.from({ length: proposer.count }, (_, index) => proposer.at(index).join());
      expect(new Set(codes).size).toBe(proposer.count);
      expect(proposer.at(proposer.count)).toEqual(proposer.at(0));
      expect(proposer.logProbability()).toBeCloseTo(-Math.log(proposer.count), 12);
      expect(proposer.at(0)).toHaveLength(proposer.size);
    }
  });

  it('draw all values equally often', () => {
    const proposer = bitsProposer(2);
    const counts = new Map<string, number>();
    const rng = createRng(0);
    for (let draw = 0; draw < 4000; draw += 1) {
      const code = proposer.sample(rng).join();
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(110);
    expect(counts.size).toBe(4);
  });

  it('refuse counts that are none', () => {
    for (const make of [() => categoricalProposer(0), () => bitsProposer(31)])
      expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
