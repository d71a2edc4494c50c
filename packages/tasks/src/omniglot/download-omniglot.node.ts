import { access, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TasklearnError } from '@tasklearn/core';
import { type DownloadProgress, downloadFile } from '../data/download-file.node.js';
import { cacheFolder } from '../data/find-data.node.js';
import { packBits } from '../sampling/image-set.js';
import { decodeOmniglot } from './decode-omniglot.js';

/** Where to download from and to. */
export interface DownloadOmniglotOptions {
  /** Where the prepared files are put; the cache if absent. */
  readonly folder?: string;
  /** Address of the folder that holds the two zip files; the data set's official repository if absent. */
  readonly address?: string;
  /** MD5 of the two files, where they are others than the official ones. */
  readonly checksums?: { readonly background: string; readonly evaluation: string };
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

const OFFICIAL = 'https://raw.githubusercontent.com/brendenlake/omniglot/master/python';

/** As torchvision lists them. */
const CHECKSUMS = {
  background: '68d2efa1b9178cc56df9314c21c6e718',
  evaluation: '6b91aef0f799c5bb55b94e3f2daec811',
} as const;

/**
 * Downloads Omniglot (two zip files, about 16 MB) from the data set's official repository, checks it, and prepares
 * `omniglot28.u8.gz` and `omniglot28.bits.gz` for {@link loadOmniglot}. Goes on where an earlier call broke off; does
 * nothing if the prepared files are there.
 *
 * @returns the folder.
 * @throws `MISSING_DATA` if the server cannot be reached; `CORRUPT_FILE` if a file is not what it should be;
 *   `WRITE_FAILED` if a file cannot be written.
 */
export async function downloadOmniglot(options: DownloadOmniglotOptions = {}): Promise<string> {
  const { folder = cacheFolder('omniglot'), address = OFFICIAL, checksums = CHECKSUMS } = options;
  const prepared = ['omniglot28.u8.gz', 'omniglot28.bits.gz'].map((name) => join(folder, name));
  if ((await Promise.all(prepared.map(isThere))).every(Boolean)) return folder;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeFailed(folder, cause);
  });
  const halves: Uint8Array[] = [];
  for (const set of ['background', 'evaluation'] as const) {
    const path = join(folder, `images_${set}.zip`);
    if (!(await isThere(path))) {
      await downloadFile({
        url: `${address}/images_${set}.zip`,
        path,
        md5: checksums[set],
        ...(options.onProgress && { onProgress: options.onProgress }),
        ...(options.signal && { signal: options.signal }),
      });
    }
    halves.push(decodeOmniglot(await readFile(path), set));
  }
  const grey = Buffer.concat(halves);
  const bits = packBits(grey, 64);
  for (const [index, bytes] of [grey, bits].entries())
    await writeWhole(prepared[index] as string, gzipSync(bytes));
  return folder;
}

/** The name appears only on a whole file. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.part`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function writeFailed(path: string, cause: unknown): TasklearnError {
  const reason = cause instanceof Error ? cause.message : cause;
  const message = `downloadOmniglot: ${path} could not be written (${reason}). Make room or choose another folder.`;
  return new TasklearnError('WRITE_FAILED', message, { path, cause });
}
