import {
  type EpisodeSpec,
  type PartialOptions,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import {
  type Model,
  type NetworkOptions,
  networkDefaults,
  networkFor,
  type OptimizerOptions,
  optimizerDefaults,
  outputSizeOf,
  validateNetworkOptions,
} from '@tasklearn/nn';

/** Options that every Bayesian learner has. */
export type BayesianOptions = {
  readonly network: NetworkOptions;
  readonly optimizer: OptimizerOptions;
  /** First value of σ > 0 in N(f(x), σ²), which is learned; where the task's loss is a squared error. */
  readonly noise: number;
};

/**
 * 2 x 40 tanh units or four convolutional blocks, Adam at 0.001 with gradients clipped to norm 10, σ = 0.3 to begin
 * with. Layer normalisation: statistics of a batch would let predictions for one query depend on the others.
 */
export const bayesianDefaults: BayesianOptions = {
  network: { ...networkDefaults, hidden: [40, 40], activation: 'tanh', normalization: 'layer' },
  optimizer: { ...optimizerDefaults, clipNorm: 10 },
  noise: 0.3,
};

/** Options over their defaults, those of every learner checked. @throws `INVALID_OPTION`. */
export function resolveBayesianOptions<Options extends Omit<BayesianOptions, 'noise'>>(
  owner: string,
  defaults: Options,
  given: PartialOptions<Options>,
): Options {
  const all = resolveOptions(owner, defaults, given as object) as Options;
  validateNetworkOptions(owner, all.network);
  if ('noise' in all) requirePositive(owner, { noise: all.noise as number }, 'noise');
  return all;
}

/** The network of φ for episodes of a spec. */
export function networkOf({ network }: BayesianOptions): (spec: EpisodeSpec) => Model {
  return (spec) => networkFor(network, { inputShape: spec.input.shape, outputSize: outputSizeOf(spec) });
}

/** @throws `UNSUPPORTED_TASK` if a learner of one kind of target is given the other. */
export function requireTarget(
  owner: string,
  { target }: EpisodeSpec,
  kind: 'classification' | 'regression',
): void {
  if (target.kind === kind) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: expected a ${kind}, got a ${target.kind}. Choose another learner of this package.`,
    { expected: kind, received: target.kind },
  );
}
