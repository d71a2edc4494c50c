import { type EpisodeSpec, requireInteger, requireIntegers, requireOneOf } from '@tasklearn/core';
import {
  type ActivationName,
  activationOf,
  convolutionalNetwork,
  createInitializer,
  type InitializerSpec,
  type Model,
  mlp,
} from '@tasklearn/nn';

/** The embedding network, as JSON. */
export type EmbeddingOptions = {
  /** `auto`: convolutional where inputs are images [height, width, channels], else a multi-layer perceptron. */
  readonly architecture: 'auto' | 'mlp' | 'convolutional';
  /** Units of each hidden layer of a perceptron. */
  readonly hidden: readonly number[];
  /** Length of a perceptron's embedding, d. A convolutional network's is filters times the pixels left. */
  readonly embeddingSize: number;
  /** After each hidden layer of a perceptron. */
  readonly activation: ActivationName;
  /** Convolutional blocks. */
  readonly blocks: number;
  /** Filters of each block. */
  readonly filters: number;
  /** How a block halves its maps. */
  readonly downsample: 'stride' | 'maxPool';
  /** Normalisation of a block. `batch` uses the statistics of the set at hand, at meta-training and meta-test. */
  readonly normalization: 'batch' | 'layer' | 'none';
  /** First weights; null for the default of the network. */
  readonly initializer: InitializerSpec | null;
};

/** The paper's network: 4 blocks of 64 filters, 28x28 images to 64 numbers; 2 x 64 units for vectors. */
export const embeddingDefaults: EmbeddingOptions = {
  architecture: 'auto',
  hidden: [64, 64],
  embeddingSize: 64,
  activation: 'relu',
  blocks: 4,
  filters: 64,
  downsample: 'maxPool',
  normalization: 'batch',
  initializer: null,
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function validateEmbeddingOptions(owner: string, model: EmbeddingOptions): void {
  requireOneOf(owner, model, 'architecture', ['auto', 'mlp', 'convolutional']);
  activationOf(model.activation);
  requireOneOf(owner, model, 'downsample', ['stride', 'maxPool']);
  requireOneOf(owner, model, 'normalization', ['batch', 'layer', 'none']);
  if (model.initializer !== null) createInitializer(model.initializer);
  requireIntegers(owner, model, 'hidden', 1);
  requireInteger(owner, model, 'embeddingSize', 1);
  requireInteger(owner, model, 'blocks', 1);
  requireInteger(owner, model, 'filters', 1);
}

/** The embedding network for episodes of a spec. */
export function embeddingFor(spec: EpisodeSpec, options: EmbeddingOptions): Model {
  const inputShape = spec.input.shape;
  const images = inputShape.length === 3;
  const convolutional = options.architecture === 'auto' ? images : options.architecture === 'convolutional';
  const { hidden, embeddingSize, activation, blocks, filters, downsample, normalization, initializer } =
    options;
  const given = initializer && { initializer };
  return convolutional
    ? convolutionalNetwork({ inputShape, blocks, filters, downsample, normalization, ...given })
    : mlp({ inputShape, hidden, outputSize: embeddingSize, activation, ...given });
}
