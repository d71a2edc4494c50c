import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TasklearnError } from '@tasklearn/core';
import { findData } from '../data/find-data.node.js';
import { readGzip } from '../data/read-gzip.node.js';
import { decodeTable, type Table, type TableDescription } from './decode-table.js';

/**
 * A table from its two files, `<name>.json` and `<name>.bin.gz`.
 *
 * @param folder - where they are; if absent, `tabular` in the folder that TASKLEARN_DATA names, else in the cache.
 * @throws `MISSING_DATA` if a file is absent; `CORRUPT_FILE` if one does not hold what it should.
 */
export async function loadTable(name: string, folder?: string): Promise<Table> {
  const files = [`${name}.json`, `${name}.bin.gz`];
  const remedy = 'Put both files there, or set TASKLEARN_DATA to the folder that holds `tabular/`.';
  const place = await findData('tabular', files, folder, remedy);
  const text = await readFile(join(place, files[0] as string), 'utf8');
  let description: TableDescription;
  try {
    description = JSON.parse(text) as TableDescription;
  } catch (cause) {
    throw new TasklearnError('CORRUPT_FILE', `loadTable: ${name}.json is not JSON. Fetch it again.`, {
      name,
      cause,
    });
  }
  return decodeTable(description, await readGzip(join(place, files[1] as string)));
}
