import { type EpisodeSpec, requireInteger, requireOneOf } from '@tasklearn/core';
import {
  isConvolutional,
  type Model,
  type NetworkOptions,
  networkDefaults,
  networkFor,
  validateNetworkOptions,
} from '@tasklearn/nn';

/** The embedding network, as JSON: no head, and no statistics per step. */
export type EmbeddingOptions = Omit<NetworkOptions, 'normalization' | 'features' | 'headInitializer'> & {
  /** Length of a perceptron's embedding, d. A convolutional network's is filters times the pixels left. */
  readonly embeddingSize: number;
  /** Normalisation of a block. `batch` uses the statistics of the set at hand, at meta-training and meta-test. */
  readonly normalization: 'batch' | 'layer' | 'none';
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
  requireOneOf(owner, model, 'normalization', ['batch', 'layer', 'none']);
  requireInteger(owner, model, 'embeddingSize', 1);
  validateNetworkOptions(owner, { ...networkDefaults, ...model });
}

/** The embedding network for episodes of a spec. */
export function embeddingFor(spec: EpisodeSpec, { embeddingSize, ...options }: EmbeddingOptions): Model {
  const inputShape = spec.input.shape;
  const network = { ...networkDefaults, ...options };
  return networkFor(
    network,
    isConvolutional(network, inputShape) ? { inputShape } : { inputShape, outputSize: embeddingSize },
  );
}
