import { createRng, type EpisodeBatch, type HostTensor } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gaussianEpisodes } from './gaussian-episodes.js';

/** Share of queries whose nearest class mean of the support, by Euclidean distance, is their own. */
function nearestMean({ support, query }: EpisodeBatch<HostTensor>, ways: number): number {
  const [tasks = 0, items = 0] = query.targets.shape;
  const [, shots = 0] = support.labelled.targets.shape;
  let right = 0;
  for (let task = 0; task < tasks; task++) {
    const means = Array.from({ length: ways }, () => new Float64Array(24));
    for (let shot = 0; shot < shots; shot++) {
      const mean = means[support.labelled.targets.data[task * shots + shot] as number] as Float64Array;
      for (let axis = 0; axis < 24; axis++)
        mean[axis]! +=
          (support.labelled.inputs.data[(task * shots + shot) * 24 + axis] as number) / (shots / ways);
    }
    for (let item = 0; item < items; item++) {
      const x = query.inputs.data.subarray((task * items + item) * 24, (task * items + item + 1) * 24);
      const distances = means.map((mean) =>
        mean.reduce((sum, value, axis) => sum + (value - (x[axis] as number)) ** 2, 0),
      );
      if (distances.indexOf(Math.min(...distances)) === query.targets.data[task * items + item]) right++;
    }
  }
  return right / (tasks * items);
}

describe('gaussianEpisodes', () => {
  it('rotates: a class without noise or distraction has the length of its centre, about √8', () => {
    const { query } = gaussianEpisodes({ noise: 0, distraction: 0, queries: 1 }).episodes(
      'train',
      0,
      200,
      createRng(0),
    );
    let squares = 0;
    for (const value of query.inputs.data) squares += value * value;
    expect(squares / 1000).toBeGreaterThan(7);
    expect(squares / 1000).toBeLessThan(9);
    const other = gaussianEpisodes({ noise: 0, distraction: 0, queries: 1, worldSeed: 1 });
    expect(other.episodes('train', 0, 1, createRng(0)).query.inputs.data).not.toEqual(
      query.inputs.data.slice(0, 120),
    );
  });

  it('is easy without distraction and hard with it, for who does not know which directions matter', () => {
    const accuracy = (distraction: number) =>
      nearestMean(gaussianEpisodes({ distraction, shots: 5 }).episodes('test', 0, 200, createRng(1)), 5);
    expect(accuracy(0)).toBeGreaterThan(0.95);
    expect(accuracy(1.5)).toBeLessThan(0.9);
    expect(accuracy(1.5)).toBeGreaterThan(0.5);
  });

  it('shares no class between splits', () => {
    const quiet = { noise: 0, distraction: 0, trainClasses: 5, testClasses: 5, queries: 1 };
    const centres = (split: 'train' | 'validation' | 'test') =>
      [...gaussianEpisodes(quiet).episodes(split, 0, 1, createRng(2)).query.inputs.data].filter(
        (_, index) => index % 24 === 0,
      );
    expect(new Set([...centres('train'), ...centres('validation'), ...centres('test')]).size).toBe(15);
  });

  it('keeps a class its label where labels are fixed', () => {
    const distribution = gaussianEpisodes({ labels: 'fixed', trainClasses: 40 });
    const labels = new Map<string, number>();
    for (let index = 0; index < 300; index++) {
      for (const [label, name] of (
        distribution.truth?.('train', index, createRng(3)).classNames ?? []
      ).entries()) {
        expect(labels.get(name) ?? label).toBe(label);
        labels.set(name, label);
      }
    }
    expect(labels.size).toBe(40);
  });

  it('is pure', () => {
    const batch = gaussianEpisodes().episodes('test', 10, 3, createRng(4));
    const alone = gaussianEpisodes().episodes('test', 12, 1, createRng(4));
    expect(alone.query.inputs.data).toEqual(batch.query.inputs.data.slice(2 * 75 * 24));
  });

  it('refuses options out of range', () => {
    for (const options of [
      { noise: -1 },
      { trainClasses: 4 },
      { testClasses: 3 },
      { worldSeed: 0.5 },
      { ways: 1 },
    ]) {
      expect(() => gaussianEpisodes(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
