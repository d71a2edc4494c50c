import {
  type EpisodicLearner,
  type PartialOptions,
  requireInteger,
  requireIntegers,
  requireOneOf,
} from '@tasklearn/core';
import { optimizerFor } from '@tasklearn/nn';
import {
  type BlackBoxOptions,
  blackBoxDefaults,
  embeddingOf,
  requireBoolean,
  resolveBlackBoxOptions,
} from './blackbox-options.js';
import { scanning } from './engine/scan.js';
import type { SequenceCore } from './engine/sequence-core.js';
import { type ReadingOptions, readingDefaults, sequenceLearner } from './engine/sequence-learner.js';
import { type MemoryAugmentedOptions, memoryAugmentedCore } from './sequence/memory-augmented.js';
import { type PlasticOptions, plasticCore } from './sequence/plastic.js';
import { type RecurrentCoreOptions, recurrentCore } from './sequence/recurrent.js';
import { type SnailOptions, snailCore } from './sequence/snail.js';
import { type TransformerOptions, transformerCore } from './sequence/transformer.js';
import {
  checkPathRegularization,
  type PathRegularization,
  pathRegularizationDefaults,
} from './sets/path-regularization.js';
import type { Conditioning } from './sets/predictor.js';
import { type SetReadout, setLearner } from './sets/set-learner.js';

function learnerOf(
  core: SequenceCore,
  options: BlackBoxOptions,
  reading: ReadingOptions = readingDefaults,
): EpisodicLearner {
  requireOneOf(core.name, reading, 'queryMode', ['parallel', 'sequential']);
  requireOneOf(core.name, reading, 'labels', ['joined', 'row', 'inputs']);
  return sequenceLearner({
    embedding: embeddingOf(options),
    core,
    optimizer: optimizerFor(options.optimizer),
    reading,
  });
}

/** Options of `lstm`. */
export type LstmOptions = BlackBoxOptions & ReadingOptions & RecurrentCoreOptions;

/** One layer of 128 units. */
export const lstmDefaults: LstmOptions = {
  ...blackBoxDefaults,
  ...readingDefaults,
  cell: 'lstm',
  layers: [128],
};

/**
 * A recurrent learner: reads labelled items one after another, then the query with its label left blank.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createLstm(options: PartialOptions<LstmOptions> = {}): EpisodicLearner {
  const all = resolveBlackBoxOptions('lstm', lstmDefaults, options);
  requireOneOf('lstm', all, 'cell', ['lstm', 'gru']);
  return learnerOf(scanning(recurrentCore('lstm', all)), all, all);
}

/** Options of `mann`. */
export type MannOptions = BlackBoxOptions & ReadingOptions & MemoryAugmentedOptions;

/** The paper's sizes: 200 units, 128 rows of 40 numbers, 4 heads, γ = 0.95. */
export const mannDefaults: MannOptions = {
  ...blackBoxDefaults,
  ...readingDefaults,
  controller: 200,
  slots: 128,
  width: 40,
  heads: 4,
  decay: 0.95,
  keyStrength: false,
  readAfterWrite: false,
};

/**
 * A memory-augmented network with least-recently-used access.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createMann(options: PartialOptions<MannOptions> = {}): EpisodicLearner {
  const all = resolveBlackBoxOptions('mann', mannDefaults, options);
  requireBoolean('mann', 'keyStrength', all.keyStrength);
  requireBoolean('mann', 'readAfterWrite', all.readAfterWrite);
  return learnerOf(scanning(memoryAugmentedCore('mann', all)), all, all);
}

/** Options of `snail`. */
export type SnailLearnerOptions = BlackBoxOptions & SnailOptions;

/** The paper's sizes for Omniglot: 128 filters, attention (64, 32), (256, 128), (512, 256). */
export const snailDefaults: SnailLearnerOptions = {
  ...blackBoxDefaults,
  filters: 128,
  attention: [64, 32, 256, 128, 512, 256],
  paperDilations: false,
};

/**
 * SNAIL: temporal convolutions and causal attention in turn.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createSnail(options: PartialOptions<SnailLearnerOptions> = {}): EpisodicLearner {
  const all = resolveBlackBoxOptions('snail', snailDefaults, options);
  requireBoolean('snail', 'paperDilations', all.paperDilations);
  return learnerOf(snailCore('snail', all), all);
}

/** Options of `in-context-transformer`. */
export type TransformerLearnerOptions = BlackBoxOptions & TransformerOptions;

/** Four layers of width 128 with 4 heads. */
export const transformerDefaults: TransformerLearnerOptions = {
  ...blackBoxDefaults,
  width: 128,
  heads: 4,
  layers: 4,
};

/**
 * A Transformer that learns in its context, without positions.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createInContextTransformer(
  options: PartialOptions<TransformerLearnerOptions> = {},
): EpisodicLearner {
  const owner = 'in-context-transformer';
  const all = resolveBlackBoxOptions(owner, transformerDefaults, options);
  return learnerOf(transformerCore(owner, all), all);
}

/** Options of `differentiable-plasticity` and `backpropamine`. */
export type PlasticLearnerOptions = BlackBoxOptions & ReadingOptions & PlasticOptions;

/** 100 neurons, Oja's rule, a plasticity for every connection. */
export const plasticityDefaults: PlasticLearnerOptions = {
  ...blackBoxDefaults,
  ...readingDefaults,
  size: 100,
  inputs: 'weighted',
  rule: 'oja',
  plasticity: 'perWeight',
  clip: 1,
  fanOut: false,
};

/** The same with traces that a neuron of the network modulates, in retrospect. */
export const backpropamineDefaults: PlasticLearnerOptions = { ...plasticityDefaults, rule: 'retroactive' };

function createPlastic(
  owner: string,
  defaults: PlasticLearnerOptions,
  options: PartialOptions<PlasticLearnerOptions>,
): EpisodicLearner {
  const all = resolveBlackBoxOptions(owner, defaults, options);
  requireOneOf(owner, all, 'rule', ['hebb', 'oja', 'modulated', 'retroactive']);
  requireOneOf(owner, all, 'plasticity', ['perWeight', 'uniform', 'zero']);
  requireOneOf(owner, all, 'inputs', ['weighted', 'clamped']);
  requireBoolean(owner, 'fanOut', all.fanOut);
  return learnerOf(scanning(plasticCore(owner, all)), all, all);
}

/**
 * A recurrent network with Hebbian connections whose plasticity is meta-learned.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createDifferentiablePlasticity(
  options: PartialOptions<PlasticLearnerOptions> = {},
): EpisodicLearner {
  return createPlastic('differentiable-plasticity', plasticityDefaults, options);
}

/**
 * Differentiable plasticity with neuromodulation.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createBackpropamine(options: PartialOptions<PlasticLearnerOptions> = {}): EpisodicLearner {
  return createPlastic('backpropamine', backpropamineDefaults, options);
}

/** Options of `conditional-neural-process`, `attentive-neural-process` and `hypernetwork`. */
export type SetLearnerOptions = BlackBoxOptions & {
  readonly aggregator: SetReadout;
  readonly conditioning: Conditioning;
  /** Layers that inputs of support and queries alike pass first; none for inputs as they are. */
  readonly inputEncoder: readonly number[];
  /** Layers of the item encoder; the last is the code. */
  readonly encoder: readonly number[];
  /** Hidden layers of the network that predicts. */
  readonly predictor: readonly number[];
  /** Against memorising: how much may come from inputs alone. Needs an input encoder, but for `allWeights`. */
  readonly regularization: PathRegularization;
};

/** Mean of codes of 128 numbers, joined to the input. */
export const neuralProcessDefaults: SetLearnerOptions = {
  ...blackBoxDefaults,
  aggregator: 'mean',
  conditioning: 'concat',
  inputEncoder: [],
  encoder: [128, 128, 128],
  predictor: [128, 128],
  regularization: pathRegularizationDefaults,
};

/** Queries weigh the items by attention. */
export const attentiveDefaults: SetLearnerOptions = {
  ...neuralProcessDefaults,
  aggregator: 'crossAttention',
};

/** The code becomes all weights of a small network. */
export const hypernetworkDefaults: SetLearnerOptions = {
  ...neuralProcessDefaults,
  conditioning: 'allWeights',
  predictor: [32],
};

function createSetLearner(
  owner: string,
  defaults: SetLearnerOptions,
  options: PartialOptions<SetLearnerOptions>,
): EpisodicLearner {
  const all = resolveBlackBoxOptions(owner, defaults, options);
  requireOneOf(owner, all, 'aggregator', ['mean', 'sum', 'max', 'perClass', 'crossAttention']);
  requireOneOf(owner, all, 'conditioning', ['concat', 'add', 'film', 'gate', 'lastLayer', 'allWeights']);
  if (all.inputEncoder.length > 0) requireIntegers(owner, all, 'inputEncoder', 1);
  checkPathRegularization(owner, all.regularization);
  if (all.regularization.kind === 'weights' || all.regularization.kind === 'activations')
    requireInteger(owner, { layersOfInputEncoder: all.inputEncoder.length }, 'layersOfInputEncoder', 1);
  requireIntegers(owner, all, 'encoder', 1);
  requireIntegers(owner, all, 'predictor', 1);
  const { aggregator, conditioning, inputEncoder, encoder, predictor, optimizer, regularization } = all;
  return setLearner({
    embedding: embeddingOf(all),
    aggregator,
    conditioning,
    inputEncoder,
    encoder,
    predictor,
    regularization,
    optimizer: optimizerFor(optimizer),
  });
}

/**
 * A conditional neural process.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createConditionalNeuralProcess(
  options: PartialOptions<SetLearnerOptions> = {},
): EpisodicLearner {
  return createSetLearner('conditional-neural-process', neuralProcessDefaults, options);
}

/**
 * The deterministic path of an attentive neural process.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createAttentiveNeuralProcess(
  options: PartialOptions<SetLearnerOptions> = {},
): EpisodicLearner {
  return createSetLearner('attentive-neural-process', attentiveDefaults, options);
}

/**
 * Black-box adaptation in its plainest form: a set of items becomes the weights of a network.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createHypernetwork(options: PartialOptions<SetLearnerOptions> = {}): EpisodicLearner {
  return createSetLearner('hypernetwork', hypernetworkDefaults, options);
}
