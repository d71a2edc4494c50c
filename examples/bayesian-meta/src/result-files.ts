import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf } from './trained.js';

/** Measured numbers of one arm with one seed, as they are kept between runs. */
export type ResultFile = {
  readonly arm: string;
  readonly seed: number;
  readonly numbers: { readonly [name: string]: number };
};

const nameOf = (arm: string, seed: number) => `${fileNameOf(arm)}.${seed}.json`;

/** Runs what is not yet in the folder, so that an interrupted comparison goes on where it stopped. */
export async function onceForEach(
  folder: string,
  arms: readonly string[],
  seeds: readonly number[],
  measure: (arm: string, seed: number) => Promise<ResultFile['numbers']>,
): Promise<ResultFile[]> {
  await mkdir(folder, { recursive: true });
  const done = new Set(await readdir(folder));
  for (const seed of seeds) {
    for (const arm of arms) {
      if (done.has(nameOf(arm, seed))) continue;
      const started = Date.now();
      const result: ResultFile = { arm, seed, numbers: await measure(arm, seed) };
      await writeFile(join(folder, nameOf(arm, seed)), JSON.stringify(result));
      process.stderr.write(
        `${arm}, seed ${seed}: ${((Date.now() - started) / 1000).toFixed(0)} s ${JSON.stringify(result.numbers)}\n`,
      );
    }
  }
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as ResultFile),
  );
}
