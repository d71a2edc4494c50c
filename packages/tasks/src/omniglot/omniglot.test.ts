import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../__fixtures__/shared-data.js';
import { loadOmniglot } from './load-omniglot.node.js';
import { omniglot, omniglotImages } from './omniglot.js';
import { omniglotClassNames, omniglotIndex } from './omniglot-index.js';
import { omniglotSplits } from './omniglot-splits.js';

describe('omniglotSplits', () => {
  it('deals 1,623 characters of 50 alphabets', () => {
    const alphabets = omniglotIndex();
    expect(
      alphabets.filter(({ set }) => set === 'background').reduce((sum, { count }) => sum + count, 0),
    ).toBe(964);
    expect(
      alphabets.filter(({ set }) => set === 'evaluation').reduce((sum, { count }) => sum + count, 0),
    ).toBe(659);
    expect(new Set(omniglotClassNames()).size).toBe(1623);
    expect(omniglotClassNames()[0]).toBe('Alphabet_of_the_Magi/character01');
  });

  it.each([
    ['vinyals', [1028, 172, 423]],
    ['random', [1100, 100, 423]],
    ['background', [813, 151, 659]],
  ] as const)('%s: counts, every class once', (split, counts) => {
    const { train, validation, test } = omniglotSplits(split);
    expect([train.length, validation.length, test.length]).toEqual(counts);
    expect(new Set([...train, ...validation, ...test]).size).toBe(1623);
  });

  it('shuffles with the seed, always alike', () => {
    expect(omniglotSplits('random', 3)).toEqual(omniglotSplits('random', 3));
    expect(omniglotSplits('random', 3)).not.toEqual(omniglotSplits('random', 4));
  });
});

describe('omniglot', () => {
  const pixels = new Uint8Array(1623 * 20 * 784);
  for (let index = 0; index < 1623 * 20; index++) pixels[index * 784] = 255;
  const images = omniglotImages(pixels);

  it('counts quarter turns of training characters as further classes', () => {
    expect(omniglot(images, { identities: true }).spec.trainingClasses).toBe(4 * 1028);
    expect(
      omniglot(images, { identities: true, rotations: 'none', split: 'random' }).spec.trainingClasses,
    ).toBe(1100);
  });

  it('refuses what it cannot do', () => {
    const refused = (options: object) =>
      expect(() => omniglot(images, options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    refused({ split: 'lake' });
    refused({ splitSeed: -1 });
    refused({ shots: 5, queries: 16 });
    expect(() => omniglotImages(pixels.subarray(1))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_FILE' }),
    );
  });
});

describe('loadOmniglot', () => {
  it('says what is missing and how to get it, and refuses a broken file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tasklearn-omniglot-'));
    await expect(loadOmniglot(folder)).rejects.toMatchObject({
      code: 'MISSING_DATA',
      message: expect.stringContaining('downloadOmniglot'),
      details: { files: ['omniglot28.u8.gz'], places: [folder] },
    });
    await writeFile(join(folder, 'omniglot28.bits.gz'), gzipSync(new Uint8Array(98)));
    await expect(loadOmniglot(folder, 'bits')).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    await expect(loadOmniglot(folder, 'color' as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await rm(folder, { recursive: true });
  });
});

const folder = sharedData('omniglot');

describe.skipIf(folder === undefined)('real Omniglot', () => {
  it('is in the order of the index that the package holds', async () => {
    const index = JSON.parse(await readFile(join(folder as string, 'omniglot.json'), 'utf8'));
    expect(omniglotIndex()).toEqual(index.alphabets);
    const { train, val, test } = index.splits.vinyals;
    const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
    expect(omniglotSplits('vinyals')).toEqual({
      train: sorted(train),
      validation: sorted(val),
      test: sorted(test),
    });
  });

  it('gives the same episodes for the same seed, byte by byte', async () => {
    const images = await loadOmniglot(folder);
    const { support, query } = omniglot(images, { ways: 20 }).episodes('train', 5, 2, createRng(1));
    const hash = createHash('sha256');
    for (const { data } of [support.labelled.inputs, query.inputs, query.targets])
      hash.update(new Uint8Array(data.buffer));
    expect(hash.digest('hex')).toBe(PINNED);
  });

  it('has bits where the average is at least a quarter', async () => {
    const [grey, bits] = [await loadOmniglot(folder), await loadOmniglot(folder, 'bits')];
    const wrong = grey.pixels.findIndex((value, index) => (value >= 64 ? 255 : 0) !== bits.pixels[index]);
    expect(wrong).toBe(-1);
  });
});

const PINNED = 'a5e5cfbcdd6d5a6f60b052071c245b30c0010d039d2aeeef921e06aeddda77bc'; // Printed once by this implementation.
