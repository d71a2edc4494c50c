import type { HostTensor, Tree, TreeSpec } from '@tasklearn/core';
import type { Experience } from './experience.js';
import type { OnPolicyOptions } from './on-policy-algorithm.js';
import { runningMoments } from './running-moments.js';

/** Running normalisation of observations and rewards. What was acted with is learned with: it changes between updates only. */
export interface Normalization {
  /** Structure of what agents act with: the network, and the moments of observations where they are normalised. */
  readonly spec: TreeSpec;
  /** θ with those moments behind it. */
  vector(theta: Float32Array): Float32Array;
  /** Experience with rewards as they are learned from. */
  rewards(experience: Experience): Experience;
  /** Takes in the observations of experience, for the next collection. */
  add(experience: Experience): void;
  save(): Tree<HostTensor>;
  restore(saved: Tree<HostTensor>): void;
}

/** θ's structure under `network`, and mean and scale under `observation`. */
function actingSpec(theta: TreeSpec, size: number, observations: boolean): TreeSpec {
  const network = theta.leaves.map((leaf) => ({ ...leaf, path: `network/${leaf.path}` }));
  if (!observations) return { ...theta, leaves: network, structure: { network: theta.structure } };
  const moment = (path: string, offset: number) => ({
    path,
    shape: [size],
    dtype: 'float32' as const,
    offset,
    size,
  });
  const count = network.length;
  return {
    leaves: [
      ...network,
      moment('observation/mean', theta.size),
      moment('observation/scale', theta.size + size),
    ],
    structure: { network: theta.structure, observation: { mean: count, scale: count + 1 } },
    size: theta.size + 2 * size,
  };
}

/** The discounted sum of rewards up to now of each copy, and its moments. */
function runningReturns(gamma: number, copies: number) {
  const moments = runningMoments(1);
  const running = new Float64Array(copies);
  return {
    moments,
    running,
    /** Takes in experience. */
    follow({ length, reward, ends, mask }: Experience): void {
      for (let row = 0; row < reward.length; row += 1) {
        if (mask[row] === 0) continue;
        const copy = Math.floor(row / length);
        running[copy] = gamma * (running[copy] as number) + (reward[row] as number);
        moments.add([running[copy] as number]);
        if (ends[row] === 1) running[copy] = 0;
      }
    },
  };
}

/**
 * Normalisation by running moments: observations by theirs, rewards by the deviation of the discounted sum of rewards up to
 * now, kept per copy.
 */
export function normalization(options: OnPolicyOptions, size: number, theta: TreeSpec): Normalization {
  const { normalizeObservations, normalizeRewards, gamma, copies } = options;
  const observations = runningMoments(size);
  const { moments, running, follow } = runningReturns(gamma, copies);
  const spec = actingSpec(theta, size, normalizeObservations);
  return {
    spec,
    vector(network) {
      if (!normalizeObservations) return network;
      const vector = new Float32Array(spec.size);
      vector.set(network);
      vector.set(observations.mean, theta.size);
      const scale = observations.variance.map((variance) => 1 / Math.sqrt(variance + 1e-8));
      vector.set(scale, theta.size + size);
      return vector;
    },
    rewards(experience) {
      if (!normalizeRewards) return experience;
      follow(experience);
      const scale = 1 / Math.sqrt((moments.variance[0] as number) + 1e-8);
      return { ...experience, reward: experience.reward.map((reward) => reward * scale) };
    },
    add(experience) {
      if (normalizeObservations) observations.add(experience.observation, experience.mask);
    },
    save: () => ({
      observations: observations.save(),
      rewards: moments.save(),
      running: { dtype: 'int32', shape: [2 * copies], data: new Int32Array(running.slice().buffer) },
    }),
    restore(saved) {
      const kept = saved as { readonly [name: string]: HostTensor };
      observations.restore(kept.observations as HostTensor);
      moments.restore(kept.rewards as HostTensor);
      running.set(new Float64Array(((kept.running as HostTensor).data as Int32Array).slice().buffer));
    },
  };
}
