import {
  type EpisodeSpec,
  type PartialOptions,
  requireInteger,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import {
  isConvolutional,
  type Model,
  type NetworkOptions,
  networkDefaults,
  networkFor,
  type OptimizerOptions,
  optimizerDefaults,
  validateNetworkOptions,
} from '@tasklearn/nn';

/** Options that every black-box learner has. */
export type BlackBoxOptions = {
  /** What images are embedded by; vectors are read as they are. */
  readonly network: NetworkOptions;
  /** Numbers in the embedding of an image; 0 for all that the convolutions leave. */
  readonly embeddingSize: number;
  readonly optimizer: OptimizerOptions;
};

/**
 * Four convolutional blocks of 64 filters and 64 numbers for images, Adam at 0.001, gradients clipped to norm 5. Layer
 * normalisation: statistics of a batch would let predictions for one query depend on the others.
 */
export const blackBoxDefaults: BlackBoxOptions = {
  network: { ...networkDefaults, normalization: 'layer' },
  embeddingSize: 64,
  optimizer: { ...optimizerDefaults, clipNorm: 5 },
};

/** Options over their defaults, those of every learner checked. @throws `INVALID_OPTION`. */
export function resolveBlackBoxOptions<Options extends BlackBoxOptions>(
  owner: string,
  defaults: Options,
  given: PartialOptions<Options>,
): Options {
  const all = resolveOptions(owner, defaults, given as object) as Options;
  validateNetworkOptions(owner, all.network);
  requireInteger(owner, all, 'embeddingSize' as never, 0);
  return all;
}

/** The embedding of inputs for episodes of a spec; `undefined` for vectors. */
export function embeddingOf({
  network,
  embeddingSize,
}: BlackBoxOptions): (spec: EpisodeSpec) => Model | undefined {
  return ({ input: { shape } }) => {
    if (!isConvolutional(network, shape)) return undefined;
    const outputSize = embeddingSize === 0 ? undefined : embeddingSize;
    return networkFor(network, { inputShape: shape, outputSize });
  };
}

/** @throws `INVALID_OPTION` for a value that is neither true nor false. */
export function requireBoolean(owner: string, key: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  const message = `${owner}: option \`${key}\` must be true or false, got ${String(value)}.`;
  throw new TasklearnError('INVALID_OPTION', message, {
    owner,
    key,
    expected: 'true or false',
    received: value,
  });
}
