import type { EpisodeSpec } from '@tasklearn/core';
import {
  type InitializerSpec,
  type Model,
  type NetworkOptions,
  networkDefaults,
  networkFor,
  outputSizeOf,
} from '@tasklearn/nn';

/** The paper's networks: 2 x 40 ReLU units, or 4 blocks of 64 filters with stride 2. */
export const modelDefaults: NetworkOptions = { ...networkDefaults, hidden: [40, 40], downsample: 'stride' };

/** Weights of MAML's released code: normal with standard deviation 0.01, cut at two deviations. */
const smallWeights: InitializerSpec = { name: 'truncatedNormal', standardDeviation: 0.01 };

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
export function modelFor(spec: EpisodeSpec, options: NetworkOptions, settings: ModelSettings = {}): Model {
  const { outputSize = outputSizeOf(spec), innerSteps = 1, weights = smallWeights } = settings;
  return networkFor(options, { inputShape: spec.input.shape, outputSize, steps: innerSteps + 1, weights });
}
