import { readFile } from 'node:fs/promises';
import { TasklearnError } from '@tasklearn/core';

/** Whether an error says that there is no such file, rather than that it cannot be read. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * Reads a JSON file; undefined where there is none.
 *
 * @param advice - what to do about a file that is not JSON, as a sentence, for the message.
 * @throws `CORRUPT_FILE` where it is not JSON, or is there and cannot be read (a folder, no permission, a broken disk).
 */
export async function readJson(path: string, advice?: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TasklearnError('CORRUPT_FILE', `${path} is there and cannot be read: ${reason}`, {
      path,
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = advice === undefined ? `${path} is not JSON.` : `${path} is not JSON. ${advice}`;
    throw new TasklearnError('CORRUPT_FILE', message, { path, cause });
  }
}
