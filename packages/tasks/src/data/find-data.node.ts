import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TasklearnError } from '@tasklearn/core';

/**
 * Where downloads are kept: `tasklearn` in `XDG_CACHE_HOME`, in `LOCALAPPDATA` on Windows, or in `~/.cache`.
 *
 * @param dataset - name of the data set's own folder, e.g. `omniglot`.
 */
export function cacheFolder(dataset: string): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const base = XDG_CACHE_HOME || (process.platform === 'win32' && LOCALAPPDATA) || join(homedir(), '.cache');
  return join(base, 'tasklearn', dataset);
}

/**
 * The folder of a data set: the one named; else the data set's folder inside TASKLEARN_DATA; else the cache. The first of
 * these that applies and holds every file.
 *
 * @param dataset - e.g. `omniglot`.
 * @param files - names that must be there.
 * @param folder - the folder itself, not its parent.
 * @param remedy - what to do when the files are absent: a sentence.
 * @throws `MISSING_DATA` if no place holds the files.
 */
export async function findData(
  dataset: string,
  files: readonly string[],
  folder: string | undefined,
  remedy: string,
): Promise<string> {
  const root = process.env.TASKLEARN_DATA;
  const places =
    folder === undefined ? [...(root ? [join(root, dataset)] : []), cacheFolder(dataset)] : [folder];
  for (const place of places) {
    const present = await Promise.all(files.map((name) => exists(join(place, name))));
    if (present.every(Boolean)) return place;
  }
  throw new TasklearnError(
    'MISSING_DATA',
    `${dataset}: ${files.join(' and ')} not found in ${places.join(' or ')}. ${remedy}`,
    { dataset, files, places },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
