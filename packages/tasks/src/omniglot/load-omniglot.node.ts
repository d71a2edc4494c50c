import { join } from 'node:path';
import { requireOneOf } from '@tasklearn/core';
import { findData } from '../data/find-data.node.js';
import { readGzip } from '../data/read-gzip.node.js';
import { type ImageSet, unpackBits } from '../sampling/image-set.js';
import { omniglotImages } from './omniglot.js';

/** Which of the prepared files to read. */
export type OmniglotEncoding = 'grey' | 'bits';

const FILES = { grey: 'omniglot28.u8.gz', bits: 'omniglot28.bits.gz' } as const;
const REMEDY =
  'Download it into the cache with: node --input-type=module -e "import { downloadOmniglot } from \'@tasklearn/tasks/node\'; await downloadOmniglot()" or set TASKLEARN_DATA to the folder that holds `omniglot/`.';

/**
 * Omniglot at 28x28 from a folder with `omniglot28.u8.gz` (exact area averages, 255 = ink) or `omniglot28.bits.gz`
 * (1 where the average is at least a quarter), as `downloadOmniglot` writes them.
 *
 * @param folder - where they are; if absent, `omniglot` in the folder that TASKLEARN_DATA names, else in the cache.
 * @param encoding - `grey` reads the first file, `bits` the second.
 * @throws `MISSING_DATA` if the file is absent; `CORRUPT_FILE` if it does not hold what it should.
 */
export async function loadOmniglot(folder?: string, encoding: OmniglotEncoding = 'grey'): Promise<ImageSet> {
  requireOneOf('loadOmniglot', { encoding }, 'encoding', ['grey', 'bits']);
  const name = FILES[encoding];
  const place = await findData('omniglot', [name], folder, REMEDY);
  const bytes = await readGzip(join(place, name));
  return omniglotImages(encoding === 'grey' ? bytes : unpackBits(bytes, bytes.length * 8));
}
