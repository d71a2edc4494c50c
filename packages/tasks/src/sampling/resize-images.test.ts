import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gaussianProcess } from '../ambiguous/gaussian-process.js';
import { resizeImages } from './resize-images.js';
import { variableShots } from './variable-shots.js';

const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

describe('resizeImages', () => {
  const images = {
    pixels: Uint8Array.of(0, 30, 60, 90, 120, 150, 180, 210, 240),
    classNames: ['a'],
    starts: Int32Array.of(0, 1),
    side: 3,
  };

  it('takes means of areas, also where pixels are cut', () => {
    expect([...resizeImages(images, 1).pixels]).toEqual([120]);
    // A new pixel covers 1.5 x 1.5 old ones: (0 + 30/2 + 90/2 + 120/4) / 2.25 = 40.
    expect([...resizeImages(images, 2).pixels]).toEqual([40, 80, 160, 200]);
  });

  it('returns what has the size already, and refuses to enlarge', () => {
    expect(resizeImages(images, 3)).toBe(images);
    expect(() => resizeImages(images, 4)).toThrow(invalid);
  });
});

describe('variableShots', () => {
  it('masks all but the first K points, K in the range, episodes otherwise the same', () => {
    const full = gaussianProcess({ shots: 6 });
    const some = variableShots(full, { minimum: 1, maximum: 4 });
    const episodes = some.episodes('train', 3, 60, createRng(0));
    expect([...episodes.query.inputs.data]).toEqual([
      ...full.episodes('train', 3, 60, createRng(0)).query.inputs.data,
    ]);
    const mask = episodes.support.labelled.mask?.data as Float32Array;
    const counts = Array.from({ length: 60 }, (_, task) => {
      const row = [...mask.subarray(task * 6, task * 6 + 6)];
      expect(row).toEqual([...row].sort((a, b) => b - a));
      return row.reduce((sum, value) => sum + value, 0);
    });
    expect([...new Set(counts)].sort()).toEqual([1, 2, 3, 4]);
    const again = some.episodes('train', 3, 60, createRng(0), episodes);
    expect(again.support.labelled.mask?.data).toEqual(mask);
  });

  it('refuses more than there are', () => {
    expect(() => variableShots(gaussianProcess({ shots: 6 }), { minimum: 1, maximum: 7 })).toThrow(invalid);
  });
});
