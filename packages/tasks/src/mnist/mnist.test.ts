import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRng } from '@tasklearn/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../__fixtures__/shared-data.js';
import { decodeIdx } from './decode-idx.js';
import { joinLabels, sortByClass } from './labelled-images.js';
import { loadFashionMnist, loadMnist } from './load-mnist.node.js';
import { mnistClassNames, mnistEpisodes } from './mnist-episodes.js';

const corrupt = expect.objectContaining({ code: 'CORRUPT_FILE' });
const idx = (shape: number[], values: number[]) =>
  Uint8Array.from([
    0,
    0,
    8,
    shape.length,
    ...shape.flatMap((length) => [0, 0, length >> 8, length & 255]),
    ...values,
  ]);

describe('decodeIdx', () => {
  it('reads shape and values', () => {
    const { shape, data } = decodeIdx(idx([2, 3], [1, 2, 3, 4, 5, 6]));
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(decodeIdx(idx([300], new Array(300).fill(7))).shape).toEqual([300]);
  });

  it('refuses other headers and lengths', () => {
    expect(() => decodeIdx(Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 9))).toThrow(corrupt);
    expect(() => decodeIdx(idx([4], [1, 2, 3]))).toThrow(corrupt);
    expect(() => decodeIdx(new Uint8Array(0))).toThrow(corrupt);
    expect(() => decodeIdx(Uint8Array.of(0, 0, 8, 3, 0, 0))).toThrow(corrupt);
  });
});

describe('labelled images', () => {
  it('sorts by class and keeps the order inside', () => {
    const images = joinLabels(decodeIdx(idx([3, 1, 1], [10, 20, 30])), decodeIdx(idx([3], [1, 0, 1])));
    const { pixels, starts } = sortByClass(images, ['a', 'b', 'c']);
    expect([...pixels]).toEqual([20, 10, 30]);
    expect([...starts]).toEqual([0, 1, 3, 3]);
  });

  it('refuses files that do not belong together', () => {
    const labels = decodeIdx(idx([2], [0, 1]));
    expect(() => joinLabels(decodeIdx(idx([3, 1, 1], [1, 2, 3])), labels)).toThrow(corrupt);
    expect(() => joinLabels(decodeIdx(idx([2, 1, 2], [1, 2, 3, 4])), labels)).toThrow(corrupt);
  });
});

describe('loading from a folder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tasklearn-mnist-'));
    const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), gzipSync(bytes));
    await write('t10k-images-idx3-ubyte.gz', idx([2, 1, 1], [3, 4]));
    await write('t10k-labels-idx1-ubyte.gz', idx([2], [1, 2]));
    await write('train-first10000-images-idx3-ubyte.gz', idx([1, 1, 1], [5]));
    await write('train-first10000-labels-idx1-ubyte.gz', idx([1], [9]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('takes the first 10,000 where the whole training part is absent', async () => {
    const { train, test } = await loadFashionMnist(folder);
    expect([train.count, train.labels[0], test.count, test.pixels[1]]).toEqual([1, 9, 2, 4]);
  });

  it('says which files are missing, and which are broken', async () => {
    await expect(loadMnist(folder)).rejects.toMatchObject({
      code: 'MISSING_DATA',
      details: {
        dataset: 'mnist',
        files: ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'],
        places: [folder],
      },
    });
    await writeFile(join(folder, 'train-images-idx3-ubyte.gz'), 'not gzip');
    await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), 'not gzip');
    await expect(loadFashionMnist(folder)).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});

describe('mnistEpisodes', () => {
  const labels = Array.from({ length: 200 }, (_, index) => index % 10);
  const images = sortByClass(
    { pixels: Uint8Array.from(labels), labels: Uint8Array.from(labels), count: 200, side: 1 },
    mnistClassNames,
  );

  it('draws each split from its own classes', () => {
    const distribution = mnistEpisodes('test', images, { queries: 5, validationClasses: [] });
    const digits = (split: 'train' | 'test') =>
      new Set(
        [...distribution.episodes(split, 0, 50, createRng(0)).query.inputs.data].map((value) =>
          Math.round(value * 255),
        ),
      );
    expect(digits('train')).toEqual(new Set([0, 1, 2, 3]));
    expect(digits('test')).toEqual(new Set([7, 8, 9]));
    expect(() => distribution.episodes('validation', 0, 1, createRng(0))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('refuses classes that are not there or in two splits', () => {
    const refused = (options: object) =>
      expect(() => mnistEpisodes('test', images, { queries: 5, ...options })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    refused({ trainClasses: [0, 1, 10] });
    refused({ testClasses: [1, 8, 9] });
    refused({ ways: 4 });
    refused({ queries: 20 });
  });
});

const [digits, clothes] = [sharedData('mnist'), sharedData('fashion-mnist')];

describe.skipIf(digits === undefined)('real MNIST', () => {
  it('has 60,000 and 10,000 images with the published counts', async () => {
    const { train, test } = await loadMnist(digits);
    expect([train.count, test.count, train.side]).toEqual([60_000, 10_000, 28]);
    const counts = [...sortByClass(test, mnistClassNames).starts];
    expect(counts).toEqual([0, 980, 2115, 3147, 4157, 5139, 6031, 6989, 8017, 8991, 10_000]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });
});

describe.skipIf(clothes === undefined)('real Fashion-MNIST', () => {
  it('has 1,000 test images a class', async () => {
    const { test } = await loadFashionMnist(clothes);
    expect([...sortByClass(test, mnistClassNames).starts]).toEqual(
      Array.from({ length: 11 }, (_, index) => 1000 * index),
    );
  });
});
