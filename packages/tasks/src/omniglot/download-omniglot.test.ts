import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFiles } from '../__fixtures__/file-server.js';
import { drawingPng, omniglotZip } from '../__fixtures__/omniglot-zip.js';
import { sharedData } from '../__fixtures__/shared-data.js';
import type { DownloadProgress } from '../data/download-file.node.js';
import { decodeOmniglot } from './decode-omniglot.js';
import { downloadOmniglot } from './download-omniglot.node.js';
import { loadOmniglot } from './load-omniglot.node.js';

/** A filled square whose size depends on the class: 15 source pixels are 4 of the target's, from (30, 30). */
const squares = [15, 30, 45].map((side) =>
  drawingPng(
    Array.from({ length: 105 * 105 }, (_, index) => {
      const [x, y] = [index % 105, Math.floor(index / 105)];
      return x >= 30 && x < 30 + side && y >= 30 && y < 30 + side ? 1 : 0;
    }),
  ),
);
const dot = drawingPng(Array.from({ length: 105 * 105 }, (_, index) => (index === 0 ? 1 : 0)));

describe('decodeOmniglot', () => {
  const zip = omniglotZip('evaluation', (of, drawer) =>
    drawer === 19 ? dot : (squares[of % 3] as Uint8Array),
  );

  it('averages exactly: a square of 15x15 source pixels fills 4x4, one source pixel is 16/225 of one', () => {
    const pixels = decodeOmniglot(zip, 'evaluation');
    expect(pixels.length).toBe(659 * 20 * 784);
    for (const [of, side] of [
      [0, 8],
      [1, 12],
      [2, 4],
    ] as const) {
      // Class 964 is the first: 964 % 3 is 1, so sizes begin with 30 source pixels.
      const image = pixels.subarray(of * 20 * 784, (of * 20 + 1) * 784);
      const expected = Uint8Array.from({ length: 784 }, (_, index) => {
        const [x, y] = [index % 28, Math.floor(index / 28)];
        return x >= 8 && x < 8 + side && y >= 8 && y < 8 + side ? 255 : 0;
      });
      expect(image).toEqual(expected);
    }
    const last = pixels.subarray(19 * 784, 20 * 784);
    expect([last[0], last[1], last[28]]).toEqual([Math.round((255 * 16) / 225), 0, 0]);
  });

  it('refuses what is no zip file, misses a drawing, or has another size', () => {
    const corrupt = expect.objectContaining({ code: 'CORRUPT_FILE' });
    expect(() => decodeOmniglot(new Uint8Array(100), 'evaluation')).toThrow(corrupt);
    expect(() => decodeOmniglot(zipSync({ 'readme.txt': new Uint8Array(3) }), 'evaluation')).toThrow(corrupt);
    expect(() => decodeOmniglot(zip, 'background')).toThrow(corrupt);
    const broken = zipSync({ 'images_evaluation/Angelic/character01/0965_01.png': new Uint8Array(9) });
    expect(() => decodeOmniglot(broken, 'evaluation')).toThrow(corrupt);
  });
});

describe('downloadOmniglot', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tasklearn-omniglot-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('fetches, goes on after an interruption, prepares, and is done the second time', async () => {
    const zips = (['background', 'evaluation'] as const).map((set) =>
      omniglotZip(set, (of) => squares[of % 3] as Uint8Array),
    );
    const [background, evaluation] = zips.map((zip) => createHash('md5').update(zip).digest('hex')) as [
      string,
      string,
    ];
    const server = await serveFiles({
      'images_background.zip': zips[0] as Uint8Array,
      'images_evaluation.zip': zips[1] as Uint8Array,
    });
    server.breaks.push(1_000_000);
    const onProgress = ({ received }: DownloadProgress) => {
      if (received === 1_000_000) server.breakOff();
    };
    const options = { folder, address: server.address, checksums: { background, evaluation }, onProgress };
    expect(await downloadOmniglot(options)).toBe(folder);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/images_background.zip',
      '/images_background.zip',
      '/images_evaluation.zip',
    ]);
    expect(server.requests[1]?.range).toBe('bytes=1000000-');
    for (const encoding of ['grey', 'bits'] as const) {
      const { pixels } = await loadOmniglot(folder, encoding);
      expect([pixels[8 * 28 + 8], pixels[12 * 28 + 12], pixels[20 * 784 + 12 * 28 + 12]]).toEqual([
        255, 0, 255,
      ]);
    }
    await downloadOmniglot(options);
    expect(server.requests.length).toBe(3);
    await server.close();
  });

  it('prepares nothing from a wrong file', async () => {
    const other = await mkdtemp(join(folder, 'other-'));
    const server = await serveFiles({ 'images_background.zip': new Uint8Array(1000) });
    await expect(downloadOmniglot({ folder: other, address: server.address })).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      details: { expected: '68d2efa1b9178cc56df9314c21c6e718' },
    });
    expect(await readdir(other)).toEqual([]);
    await server.close();
    await writeFile(join(other, 'file'), '');
    await expect(downloadOmniglot({ folder: join(other, 'file', 'below') })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
    });
  });
});

const data = sharedData('omniglot');

describe.skipIf(data === undefined)('real Omniglot', () => {
  it('reduces the 105x105 originals to the very bytes of the prepared file', async () => {
    const [packed, prepared] = await Promise.all(
      ['omniglot105.bits.gz', 'omniglot28.u8.gz'].map(async (name) =>
        gunzipSync(await readFile(join(data as string, name))),
      ),
    );
    const ink = new Uint8Array(105 * 105);
    const original = (of: number, drawer: number) => {
      if (of >= 964 + 26) return dot; // Two alphabets are enough.
      const rows = (packed as Uint8Array).subarray((of * 20 + drawer) * 1470, (of * 20 + drawer + 1) * 1470);
      for (let index = 0; index < 105 * 105; index++) {
        const [x, y] = [index % 105, Math.floor(index / 105)];
        ink[index] = ((rows[y * 14 + (x >> 3)] as number) >> (7 - (x & 7))) & 1;
      }
      return drawingPng(ink);
    };
    const pixels = decodeOmniglot(omniglotZip('evaluation', original), 'evaluation').subarray(
      0,
      26 * 20 * 784,
    );
    const from = 964 * 20 * 784;
    const expected = (prepared as Uint8Array).subarray(from, from + pixels.length);
    expect(Buffer.compare(pixels, expected)).toBe(0);
  });
});
