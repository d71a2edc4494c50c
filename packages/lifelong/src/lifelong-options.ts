import { type PartialOptions, requireInteger, resolveOptions } from '@tasklearn/core';
import {
  type NetworkOptions,
  networkDefaults,
  type OptimizerOptions,
  optimizerDefaults,
  optimizerFor,
  validateNetworkOptions,
} from '@tasklearn/nn';
import type { OnlineLearnerParts } from './engine/online-learner.js';
import { unprotected } from './protection/protection.js';

/** Options that every learner of streams has. */
export type LifelongOptions = {
  readonly network: NetworkOptions;
  readonly optimizer: OptimizerOptions;
  /** Updates made at every step of the stream, >= 1. */
  readonly iterations: number;
};

/** The network and rate of GEM's experiments: 2 x 100 ReLU units, plain gradient descent at 0.1, one update per batch. */
export const lifelongDefaults: LifelongOptions = {
  network: { ...networkDefaults, hidden: [100, 100], normalization: 'layer' },
  optimizer: { ...optimizerDefaults, name: 'sgd', learningRate: 0.1 },
  iterations: 1,
};

/** Options over their defaults, those of every learner checked. @throws `INVALID_OPTION`. */
export function resolveLifelong<Options extends { readonly network: NetworkOptions }>(
  owner: string,
  defaults: Options,
  given: PartialOptions<Options>,
): Options {
  const all = resolveOptions(owner, defaults, given as object) as Options;
  validateNetworkOptions(owner, all.network);
  return all;
}

/** @throws `INVALID_OPTION` for fewer iterations than `least`, 1 unless told. */
export function requireIterations(owner: string, options: LifelongOptions, least = 1): void {
  requireInteger(owner, options, 'iterations', least);
}

/** The parts of plain gradient descent on what arrives; learners replace what they change. */
export function plainParts(
  name: string,
  { network, optimizer, iterations }: LifelongOptions,
): OnlineLearnerParts {
  return {
    name,
    network,
    memory: { kind: 'none', size: 0, balance: 'items' },
    protect: () => unprotected,
    belief: { kind: 'single', start: 'fresh' },
    update: {
      optimizer: optimizerFor(optimizer),
      harmonic: false,
      iterations,
      from: 'new',
      replay: 0,
      passes: 0,
      restart: 'never',
    },
  };
}
