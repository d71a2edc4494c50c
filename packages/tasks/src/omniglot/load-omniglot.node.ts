import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TasklearnError } from '@tasklearn/core';
import { type OmniglotData, omniglotData } from './omniglot.js';
import type { OmniglotIndex } from './omniglot-index.js';

const BYTES = 1623 * 20 * 28 * 28;

/**
 * Omniglot from a folder with `omniglot.json` and `omniglot28.u8.gz`.
 *
 * @param folder - where it is; `omniglot` in the folder that TASKLEARN_DATA names, where absent.
 * @throws `MISSING_DATA` if a file is absent; `CORRUPT_FILE` if it does not hold what it should.
 */
export async function loadOmniglot(folder?: string): Promise<OmniglotData> {
  const root = process.env.TASKLEARN_DATA;
  const path = folder ?? (root === undefined ? undefined : join(root, 'omniglot'));
  if (path === undefined) throw missing('no folder was given and TASKLEARN_DATA is not set');
  const [pixels, text] = await Promise.all([
    readFile(join(path, 'omniglot28.u8.gz')),
    readFile(join(path, 'omniglot.json'), 'utf8'),
  ]).catch((cause: unknown) => {
    throw missing(`${path} has no readable omniglot28.u8.gz and omniglot.json`, cause);
  });
  const bytes = gunzipSync(pixels);
  if (bytes.length !== BYTES) {
    throw new TasklearnError(
      'CORRUPT_FILE',
      `loadOmniglot: omniglot28.u8.gz must unpack to ${BYTES} bytes, got ${bytes.length}. Fetch it again.`,
      { expected: BYTES, received: bytes.length },
    );
  }
  return omniglotData(bytes, JSON.parse(text) as OmniglotIndex);
}

function missing(why: string, cause?: unknown): TasklearnError {
  return new TasklearnError(
    'MISSING_DATA',
    `loadOmniglot: ${why}. Set TASKLEARN_DATA to the folder that holds \`omniglot/\`, or name the folder.`,
    { dataset: 'omniglot', cause },
  );
}
