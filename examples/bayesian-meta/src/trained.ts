import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeCheckpoint,
  type EpisodicDistribution,
  type Executor,
  encodeCheckpoint,
  type HostTensor,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import type { Arm } from './arm.js';

/** A name as part of a file's. */
export const fileNameOf = (name: string) => name.replaceAll(/[^a-zA-Z0-9]+/g, '-');

async function afterTraining(arm: Arm, distribution: EpisodicDistribution, seed: number, executor: Executor) {
  for await (const event of metaTrain({ ...arm, distribution, executor, seed, logEvery: arm.updates })) {
    if (event.kind === 'finished') return event.theta;
  }
  throw new Error('Meta-training ended without a result.');
}

/** θ of an arm after its meta-training, kept in the folder: another experiment may want it. */
export async function trained(
  name: string,
  arm: Arm,
  distribution: EpisodicDistribution,
  seed: number,
  executor: Executor,
  folder: string,
): Promise<Tree<HostTensor>> {
  const file = join(folder, 'theta', `${fileNameOf(name)}.${seed}.safetensors`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined) return decodeCheckpoint(kept).tensors;
  const theta = await afterTraining(arm, distribution, seed, executor);
  await mkdir(join(folder, 'theta'), { recursive: true });
  await writeFile(file, encodeCheckpoint({ tensors: theta, metadata: { updates: arm.updates } }));
  return theta;
}
