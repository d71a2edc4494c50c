import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { TasklearnError } from '@tasklearn/core';

/**
 * The unpacked content of a gzip file.
 *
 * @throws `MISSING_DATA` if it cannot be read; `CORRUPT_FILE` if it cannot be unpacked.
 */
export async function readGzip(path: string): Promise<Uint8Array> {
  const packed = await readFile(path).catch((cause: unknown) => {
    throw new TasklearnError(
      'MISSING_DATA',
      `readGzip: ${path} cannot be read. Check the path and its permissions.`,
      {
        path,
        cause,
      },
    );
  });
  try {
    return gunzipSync(packed);
  } catch (cause) {
    throw new TasklearnError('CORRUPT_FILE', `readGzip: ${path} is not a whole gzip file. Fetch it again.`, {
      path,
      cause,
    });
  }
}
