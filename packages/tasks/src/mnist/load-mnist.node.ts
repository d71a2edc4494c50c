import { join } from 'node:path';
import { TasklearnError } from '@tasklearn/core';
import { findData } from '../data/find-data.node.js';
import { readGzip } from '../data/read-gzip.node.js';
import { decodeIdx } from './decode-idx.js';
import { joinLabels, type LabelledImages } from './labelled-images.js';

/** A training and a test part. */
export interface MnistData {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

const remedy = (dataset: string) =>
  `Put the gzip'd IDX files there, or set TASKLEARN_DATA to the folder that holds \`${dataset}/\`.`;

/** The first of the named parts whose two files are there. */
async function part(
  dataset: string,
  names: readonly [string, ...string[]],
  folder?: string,
): Promise<LabelledImages> {
  for (const name of names.slice(0, -1)) {
    try {
      return await readPart(dataset, name, folder);
    } catch (error) {
      if (!TasklearnError.is(error, 'MISSING_DATA')) throw error;
    }
  }
  return readPart(dataset, names[names.length - 1] as string, folder);
}

async function readPart(dataset: string, name: string, folder: string | undefined): Promise<LabelledImages> {
  const files = [`${name}-images-idx3-ubyte.gz`, `${name}-labels-idx1-ubyte.gz`];
  const place = await findData(dataset, files, folder, remedy(dataset));
  const [images, labels] = await Promise.all(files.map((file) => readGzip(join(place, file))));
  return joinLabels(decodeIdx(images as Uint8Array), decodeIdx(labels as Uint8Array));
}

/**
 * MNIST from its four IDX files (`train-images-idx3-ubyte.gz`, ...): 60,000 training and 10,000 test digits at 28x28.
 *
 * @param folder - where they are; if absent, `mnist` in the folder that TASKLEARN_DATA names, else in the cache.
 * @throws `MISSING_DATA` if a file is absent; `CORRUPT_FILE` if one does not hold what it should.
 * @see LeCun, Bottou, Bengio, Haffner. Gradient-based learning applied to document recognition. 1998.
 */
export async function loadMnist(folder?: string): Promise<MnistData> {
  return { train: await part('mnist', ['train'], folder), test: await part('mnist', ['t10k'], folder) };
}

/**
 * Fashion-MNIST from IDX files named as MNIST's. Where the training files are absent but `train-first10000-...` are
 * there, the training part is those first 10,000 images.
 *
 * @param folder - where they are; if absent, `fashion-mnist` in the folder that TASKLEARN_DATA names, else in the cache.
 * @throws `MISSING_DATA` if a file is absent; `CORRUPT_FILE` if one does not hold what it should.
 * @see Xiao, Rasul, Vollgraf. Fashion-MNIST. 2017. arXiv:1708.07747.
 */
export async function loadFashionMnist(folder?: string): Promise<MnistData> {
  const train = await part('fashion-mnist', ['train', 'train-first10000'], folder);
  return { train, test: await part('fashion-mnist', ['t10k'], folder) };
}
