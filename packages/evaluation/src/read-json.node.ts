import { readFile } from 'node:fs/promises';
import { TasklearnError } from '@tasklearn/core';

/**
 * Reads a JSON file; undefined where there is none.
 *
 * @param advice - what to do about a file that is not JSON, as a sentence, for the message.
 * @throws `CORRUPT_FILE` where it is not JSON.
 */
export async function readJson(path: string, advice?: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = advice === undefined ? `${path} is not JSON.` : `${path} is not JSON. ${advice}`;
    throw new TasklearnError('CORRUPT_FILE', message, { path, cause });
  }
}
