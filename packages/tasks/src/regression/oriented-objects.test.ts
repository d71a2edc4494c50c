import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { orientedObjects } from './oriented-objects.js';

describe('orientedObjects', () => {
  const distribution = orientedObjects({ trainObjects: 3, testObjects: 50 });

  it('turns by the direction that the truth names, the same for all views of an object', () => {
    const { support, query } = distribution.episodes('test', 4, 6, createRng(0));
    for (let task = 0; task < 6; task++) {
      const direction =
        distribution.truth?.('test', 4 + task, createRng(0)).parameters?.direction ?? Number.NaN;
      for (const [set, views] of [
        [support.labelled, 5],
        [query, 15],
      ] as const)
        for (let view = task * views; view < (task + 1) * views; view++) {
          const [cos = 0, sin = 0] = set.inputs.data.subarray(view * 18 + 16, view * 18 + 18);
          const angle = Math.atan2(sin, cos);
          expect(set.targets.data[2 * view]).toBeCloseTo(Math.cos(angle - direction), 5);
          expect(set.targets.data[2 * view + 1]).toBeCloseTo(Math.sin(angle - direction), 5);
          expect(set.inputs.data[view * 18]).toBe(query.inputs.data[task * 15 * 18]);
        }
    }
  });

  it('has as many training objects as asked, none of them at test', () => {
    const codes = (split: 'train' | 'test') => {
      const { query } = distribution.episodes(split, 0, 100, createRng(1));
      return new Set(Array.from({ length: 100 }, (_, task) => query.inputs.data[task * 15 * 18]));
    };
    const [train, test] = [codes('train'), codes('test')];
    expect(train.size).toBe(3);
    expect([...train].filter((code) => test.has(code))).toEqual([]);
  });

  it('refuses no objects', () => {
    expect(() => orientedObjects({ trainObjects: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
