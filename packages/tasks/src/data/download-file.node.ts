import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { TasklearnError } from '@tasklearn/core';

/** What a download tells while it runs. */
export interface DownloadProgress {
  readonly url: string;
  /** Bytes on disk, those of an earlier attempt included. */
  readonly received: number;
  /** Bytes in all, where the server says. */
  readonly total?: number;
}

/** A file to fetch. */
export interface DownloadOptions {
  readonly url: string;
  /** Where the finished file is put; until then it is `<path>.part`. */
  readonly path: string;
  /** MD5 of the whole file, 32 hexadecimal digits. */
  readonly md5: string;
  /** How often a transfer that breaks is taken up again, >= 0. */
  readonly retries?: number;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Downloads a file and checks it. A transfer that breaks goes on where it stopped: within the call, and in a later one
 * (HTTP Range requests on `<path>.part`). The finished name appears only on a whole, checked file.
 *
 * @throws `MISSING_DATA` if the server cannot be reached or answers with an error, or the call is aborted;
 *   `CORRUPT_FILE` if the whole file has another checksum (it is deleted); `WRITE_FAILED` if it cannot be written.
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { path, md5, url, retries = 4, signal } = options;
  const part = `${path}.part`;
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer(options, part);
      break;
    } catch (error) {
      if (TasklearnError.is(error) || signal?.aborted || attempt >= retries) throw explain(error, url, part);
    }
  }
  const received = createHash('md5')
    .update(await readFile(part))
    .digest('hex');
  if (received !== md5) {
    await rm(part, { force: true });
    const message = `downloadFile: ${url} must have MD5 ${md5}, got ${received}. It was deleted; try again, or fetch it by other means.`;
    throw new TasklearnError('CORRUPT_FILE', message, { url, expected: md5, received });
  }
  await rename(part, path).catch((cause: unknown) => {
    throw writeFailed(path, cause);
  });
}

/** One request: appends what is missing, or starts over where the server does not know ranges. */
async function transfer({ url, onProgress, signal }: DownloadOptions, part: string): Promise<void> {
  const present = await sizeOf(part);
  const response = await fetch(url, {
    ...(signal && { signal }),
    // Ranges count bytes of the file, not of a compressed transfer.
    headers: { 'Accept-Encoding': 'identity', ...(present > 0 && { Range: `bytes=${present}-` }) },
  });
  if (response.status === 416) {
    // Nothing beyond what is there: whole, or of another file, which the checksum tells.
    await response.body?.cancel();
    return;
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const message = `downloadFile: ${url} answered ${response.status} ${response.statusText}. Check the address, or fetch the file by other means.`;
    throw new TasklearnError('MISSING_DATA', message, { url, status: response.status });
  }
  const resumed = response.status === 206;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  let received = resumed ? present : 0;
  const total = Number.isFinite(length) ? { total: received + length } : {};
  const file = await open(part, resumed ? 'a' : 'w').catch((cause: unknown) => {
    throw writeFailed(part, cause);
  });
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      await file.writeFile(chunk).catch((cause: unknown) => {
        throw writeFailed(part, cause);
      });
      received += chunk.length;
      onProgress?.({ url, received, ...total });
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function writeFailed(path: string, cause: unknown): TasklearnError {
  return new TasklearnError(
    'WRITE_FAILED',
    `downloadFile: ${path} could not be written (${cause instanceof Error ? cause.message : cause}). Make room or choose another folder; what has arrived is kept.`,
    { path, cause },
  );
}

function explain(cause: unknown, url: string, part: string): unknown {
  if (TasklearnError.is(cause)) return cause;
  return new TasklearnError(
    'MISSING_DATA',
    `downloadFile: the transfer of ${url} broke off (${cause instanceof Error ? cause.message : cause}). Call again: it goes on from ${part}.`,
    { url, part, cause },
  );
}
