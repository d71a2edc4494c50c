import { type EpisodeSpec, requireInteger, requireIntegers, requireOneOf } from '@tasklearn/core';
import {
  type ActivationName,
  activationOf,
  convolutionalNetwork,
  createInitializer,
  type InitializerSpec,
  type Model,
  mlp,
  outputSizeOf,
} from '@tasklearn/nn';

/** The network that a learner adapts, as JSON. */
export type ModelOptions = {
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
   * (transductive: predictions depend on the other query items).
   */
  readonly normalization: 'batch' | 'batchPerStep' | 'layer' | 'none';
  /** What a convolutional head sees: all numbers of the last maps, or the mean of each channel. null: the mean with `stride`. */
  readonly features: 'flatten' | 'mean' | null;
  /**
   * First weights. null: Glorot's rule, but normal ones of deviation 0.01, as in MAML's released code, where a perceptron is meta-learned.
   */
  readonly initializer: InitializerSpec | null;
  /** First weights of a convolutional network's head; null for Glorot's rule. */
  readonly headInitializer: InitializerSpec | null;
};

/** The paper's networks: 2 x 40 ReLU units, or 4 blocks of 64 filters with stride 2. */
export const modelDefaults: ModelOptions = {
  architecture: 'auto',
  hidden: [40, 40],
  activation: 'relu',
  blocks: 4,
  filters: 64,
  downsample: 'stride',
  normalization: 'batch',
  features: null,
  initializer: null,
  headInitializer: null,
};

/** Weights of MAML's released code: normal with standard deviation 0.01, cut at two deviations. */
const smallWeights: InitializerSpec = { name: 'truncatedNormal', standardDeviation: 0.01 };

/** @throws `INVALID_OPTION` for a value out of range. */
export function validateModelOptions(owner: string, model: ModelOptions): void {
  requireOneOf(owner, model, 'architecture', ['auto', 'mlp', 'convolutional']);
  activationOf(model.activation);
  requireOneOf(owner, model, 'downsample', ['stride', 'maxPool']);
  requireOneOf(owner, model, 'normalization', ['batch', 'batchPerStep', 'layer', 'none']);
  for (const given of [model.initializer, model.headInitializer])
    if (given !== null) createInitializer(given);
  requireIntegers(owner, model, 'hidden', 1);
  if (model.features !== null)
    requireOneOf(owner, { features: model.features }, 'features', ['flatten', 'mean']);
  requireInteger(owner, model, 'blocks', 1);
  requireInteger(owner, model, 'filters', 1);
}

/** Whether episodes of this spec are images, for settings that differ between images and vectors. */
export function hasImages(spec: EpisodeSpec): boolean {
  return spec.input.shape.length === 3;
}

/** What a learner, not its user, decides about the network. */
export interface ModelSettings {
  /** Numbers per output; what the loss wants unless given. */
  readonly outputSize?: number | undefined;
  /** Inner steps, for statistics per step. */
  readonly innerSteps?: number;
  /** First weights of a perceptron whose options name none; MAML's small ones unless given. */
  readonly weights?: InitializerSpec;
}

/** The network for episodes of a spec. */
export function modelFor(spec: EpisodeSpec, options: ModelOptions, settings: ModelSettings = {}): Model {
  const { outputSize = outputSizeOf(spec), innerSteps = 1, weights = smallWeights } = settings;
  const inputShape = spec.input.shape;
  const convolutional =
    options.architecture === 'auto' ? hasImages(spec) : options.architecture === 'convolutional';
  const { hidden, activation, blocks, filters, downsample, normalization } = options;
  const { features, initializer, headInitializer } = options;
  if (!convolutional)
    return mlp({ inputShape, hidden, outputSize, activation, initializer: initializer ?? weights });
  return convolutionalNetwork({
    inputShape,
    blocks,
    filters,
    downsample,
    normalization,
    outputSize,
    steps: innerSteps + 1,
    ...(features && { features }),
    ...(initializer && { initializer }),
    ...(headInitializer && { headInitializer }),
  });
}
