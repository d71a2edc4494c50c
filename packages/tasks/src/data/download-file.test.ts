import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileServer, serveFiles } from '../__fixtures__/file-server.js';
import { type DownloadProgress, downloadFile } from './download-file.node.js';

const content = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 31 + (index >> 8)) & 255);
const md5 = createHash('md5').update(content).digest('hex');

describe('downloadFile', () => {
  let folder = '';
  let server: FileServer;
  const path = () => join(folder, 'file.bin');
  const download = (options: object = {}) =>
    downloadFile({ url: `${server.address}/file.bin`, path: path(), md5, ...options });
  /** Breaks a transfer off as soon as so many bytes are on disk. */
  const breakingAt = (at: readonly number[], of = server) => ({
    onProgress: ({ received }: DownloadProgress) => {
      if (at.includes(received)) of.breakOff();
    },
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tasklearn-download-'));
    server = await serveFiles({ 'file.bin': content });
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('fetches a file and tells how far it is', async () => {
    const seen: number[] = [];
    await download({
      onProgress: ({ received, total }: { received: number; total?: number }) =>
        seen.push(received, total ?? 0),
    });
    expect(new Uint8Array(await readFile(path()))).toEqual(content);
    expect(seen.slice(-2)).toEqual([100_000, 100_000]);
    expect(await readdir(folder)).toEqual(['file.bin']);
  });

  it('goes on within the call where a transfer breaks', async () => {
    server.breaks.push(30_000, 20_000);
    await download(breakingAt([30_000, 50_000]));
    expect(new Uint8Array(await readFile(path()))).toEqual(content);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=30000-', 'bytes=50000-']);
  });

  it('goes on in a later call', async () => {
    server.breaks.push(40_000);
    await expect(download({ retries: 0, ...breakingAt([40_000]) })).rejects.toMatchObject({
      code: 'MISSING_DATA',
      details: { part: `${path()}.part` },
    });
    expect(await readdir(folder)).toEqual(['file.bin.part']);
    await download();
    expect(server.requests[1]?.range).toBe('bytes=40000-');
    expect(new Uint8Array(await readFile(path()))).toEqual(content);
  });

  it('starts over where the server does not know ranges', async () => {
    const plain = await serveFiles({ 'file.bin': content }, false);
    plain.breaks.push(10_000);
    await download({ url: `${plain.address}/file.bin`, ...breakingAt([10_000], plain) });
    expect(new Uint8Array(await readFile(path()))).toEqual(content);
    await plain.close();
  });

  it('accepts a part that is already whole', async () => {
    await writeFile(`${path()}.part`, content);
    await download();
    expect(await readdir(folder)).toEqual(['file.bin']);
  });

  it('refuses and deletes a file of another checksum', async () => {
    await expect(download({ md5: '0'.repeat(32) })).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      details: { expected: '0'.repeat(32), received: md5 },
    });
    expect(await readdir(folder)).toEqual([]);
    await writeFile(`${path()}.part`, 'of another file');
    await expect(download()).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    await download();
    expect(await readdir(folder)).toEqual(['file.bin']);
  });

  it('says what went wrong: no such file, no server, aborted, no place to write', async () => {
    await expect(download({ url: `${server.address}/other` })).rejects.toMatchObject({
      code: 'MISSING_DATA',
      details: { status: 404 },
    });
    await expect(download({ url: 'http://127.0.0.1:9/file', retries: 0 })).rejects.toMatchObject({
      code: 'MISSING_DATA',
    });
    await expect(download({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'MISSING_DATA' });
    await expect(download({ path: join(folder, 'absent', 'file.bin') })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
    });
  });
});
