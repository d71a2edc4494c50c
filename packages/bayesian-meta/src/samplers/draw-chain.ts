import type { Executor, HostTensor, Rng, Tree } from '@tasklearn/core';
import { requireInteger } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type HamiltonianOptions, hamiltonianStep, type LogDensity } from './hamiltonian.js';
import { langevinStep } from './langevin.js';

/** Chains to be run. */
export interface ChainOptions<Data extends Tree<Tensor>> {
  /** log p(φ, D) of every chain, [...], for φ [..., d]. */
  readonly logDensity: (phi: Tensor, data: Data) => Tensor;
  /** What log p depends on; goes in on every step. */
  readonly data: Tree<HostTensor>;
  /** Where the chains start, [..., d]. */
  readonly start: HostTensor;
  /** Transitions that are thrown away first. */
  readonly burnIn: number;
  /** Positions kept, >= 1. */
  readonly draws: number;
  /** Transitions between two kept positions; 1 unless told. */
  readonly thin?: number;
  readonly kernel:
    | ({ readonly kind: 'hamiltonian' } & HamiltonianOptions)
    | { readonly kind: 'langevin'; readonly stepSize: number };
  readonly executor: Executor;
  readonly rng: Rng;
}

/** What the chains visited. */
export type ChainDraws = {
  /** [draws, ..., d]. */
  readonly draws: HostTensor;
  /** Share of proposals taken over all kept transitions; 1 for Langevin dynamics. */
  readonly acceptance: number;
};

/**
 * Runs many chains at once by one prepared transition: reference samples of a posterior, slow and right.
 *
 * @throws `INVALID_OPTION` for a count out of range.
 */
export async function drawChain<Data extends Tree<Tensor>>(options: ChainOptions<Data>): Promise<ChainDraws> {
  const { logDensity, data, start, burnIn, draws, thin = 1, kernel, executor, rng } = options;
  requireInteger('drawChain', { burnIn }, 'burnIn', 0);
  requireInteger('drawChain', { draws }, 'draws');
  requireInteger('drawChain', { thin }, 'thin');
  const transition = executor.prepare(
    (input: { readonly phi: Tensor; readonly data: Data }, noise) => {
      const density: LogDensity = (phi) => logDensity(phi, input.data);
      if (kernel.kind === 'langevin')
        return { phi: langevinStep(density, input.phi, noise, kernel.stepSize), accepted: tf.scalar(1) };
      const { phi, accepted } = hamiltonianStep(density, input.phi, noise, kernel);
      return { phi, accepted: tf.mean(accepted) };
    },
    { name: `${kernel.kind} transition` },
  );
  const kept = new Float32Array(draws * start.data.length);
  let [phi, taken, counted] = [start, 0, 0];
  try {
    for (let step = 0; step < burnIn + draws * thin; step++) {
      const next = (await transition.run({ phi, data } as never, rng.split(step))) as unknown as Record<
        'phi' | 'accepted',
        HostTensor
      >;
      phi = next.phi;
      if (step < burnIn) continue;
      taken += next.accepted.data[0] as number;
      counted += 1;
      const done = step - burnIn + 1;
      if (done % thin === 0) kept.set(phi.data, (done / thin - 1) * start.data.length);
    }
  } finally {
    transition.dispose();
  }
  return {
    draws: { dtype: 'float32', shape: [draws, ...start.shape], data: kept },
    acceptance: taken / counted,
  };
}
