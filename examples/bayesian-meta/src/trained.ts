import { type EpisodicDistribution, type Executor, type HostTensor, metaTrain, type Tree } from '@tasklearn/core';
import type { Arm } from './arm.js';

/** θ of an arm after its meta-training. */
export async function trained(
  arm: Arm,
  distribution: EpisodicDistribution,
  seed: number,
  executor: Executor,
): Promise<Tree<HostTensor>> {
  for await (const event of metaTrain({ ...arm, distribution, executor, seed, logEvery: arm.updates })) {
    if (event.kind === 'finished') return event.theta;
  }
  throw new Error('Meta-training ended without a result.');
}
