import { requireInteger, requireIntegers, requireOneOf } from '@tasklearn/core';
import { createInitializer, type InitializerSpec } from '../initializers/create-initializer.js';
import { type ActivationName, activationOf } from '../layers/activations.js';
import type { Normalization } from './convolution-block.js';
import { convolutionalNetwork } from './convolutional-network.js';
import { mlp } from './mlp.js';
import type { Model } from './model.js';

/** A network as JSON, for the options of a learner: a multi-layer perceptron for vectors, a convolutional network for images. */
export type NetworkOptions = {
  /** `auto`: convolutional where inputs are images [height, width, channels], else a multi-layer perceptron. */
  readonly architecture: 'auto' | 'mlp' | 'convolutional';
  /** Units of each hidden layer of a perceptron. */
  readonly hidden: readonly number[];
  /** After each hidden layer of a perceptron. */
  readonly activation: ActivationName;
  /** Convolutional blocks. */
  readonly blocks: number;
  /** Filters of each block. */
  readonly filters: number;
  /** How a block halves its maps. */
  readonly downsample: 'stride' | 'maxPool';
  /**
   * Normalisation of a block. `batch` uses the statistics of the set at hand at meta-training and at meta-test
   * (transductive: predictions depend on the other items of the set).
   */
  readonly normalization: Normalization;
  /** What a convolutional head sees: all numbers of the last maps, or the mean of each channel. null: the mean with `stride`. */
  readonly features: 'flatten' | 'mean' | null;
  /** First weights; null for what the learner or the network has by default. */
  readonly initializer: InitializerSpec | null;
  /** First weights of a convolutional network's head; null for Glorot's rule. */
  readonly headInitializer: InitializerSpec | null;
};

/** 2 x 64 ReLU units, or the usual 4 blocks of 64 filters with max-pooling and batch normalisation. */
export const networkDefaults: NetworkOptions = {
  architecture: 'auto',
  hidden: [64, 64],
  activation: 'relu',
  blocks: 4,
  filters: 64,
  downsample: 'maxPool',
  normalization: 'batch',
  features: null,
  initializer: null,
  headInitializer: null,
};

/**
 * Checks a learner's network options.
 *
 * @param owner - the learner, for messages.
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function validateNetworkOptions(owner: string, network: NetworkOptions): void {
  requireOneOf(owner, network, 'architecture', ['auto', 'mlp', 'convolutional']);
  activationOf(network.activation);
  requireOneOf(owner, network, 'downsample', ['stride', 'maxPool']);
  requireOneOf(owner, network, 'normalization', ['batch', 'batchPerStep', 'layer', 'none']);
  for (const given of [network.initializer, network.headInitializer])
    if (given !== null) createInitializer(given);
  requireIntegers(owner, network, 'hidden', 1);
  if (network.features !== null)
    requireOneOf(owner, { features: network.features }, 'features', ['flatten', 'mean']);
  requireInteger(owner, network, 'blocks', 1);
  requireInteger(owner, network, 'filters', 1);
}

/** What a learner, not its user, decides about a network. */
export interface NetworkSettings {
  /** Shape of one input, without T and B. */
  readonly inputShape: readonly number[];
  /** Numbers per output; of a convolutional network, none for an embedding. A perceptron needs it. */
  readonly outputSize?: number | undefined;
  /** Sets of statistics with `batchPerStep`. Default 1. */
  readonly steps?: number;
  /** First weights of a perceptron whose options name none. */
  readonly weights?: InitializerSpec;
}

/** Whether inputs of this shape are images [height, width, channels]. */
export function isImageShape(inputShape: readonly number[]): boolean {
  return inputShape.length === 3;
}

/** Whether a network for inputs of this shape is convolutional. */
export function isConvolutional(
  { architecture }: Pick<NetworkOptions, 'architecture'>,
  inputShape: readonly number[],
): boolean {
  return architecture === 'auto' ? isImageShape(inputShape) : architecture === 'convolutional';
}

/** The network of a learner. @throws `INVALID_OPTION`. */
export function networkFor(options: NetworkOptions, settings: NetworkSettings): Model {
  const { inputShape, outputSize, steps = 1, weights } = settings;
  const { hidden, activation, blocks, filters, downsample, normalization } = options;
  const { features, headInitializer } = options;
  const initializer = options.initializer ?? null;
  if (!isConvolutional(options, inputShape)) {
    const first = initializer ?? weights;
    return mlp({
      inputShape,
      hidden,
      outputSize: outputSize ?? 0,
      activation,
      ...(first && { initializer: first }),
    });
  }
  return convolutionalNetwork({
    inputShape,
    blocks,
    filters,
    downsample,
    normalization,
    steps,
    ...(outputSize !== undefined && { outputSize }),
    ...(features && { features }),
    ...(initializer && { initializer }),
    ...(headInitializer && { headInitializer }),
  });
}
