import type {
  EpisodeSpec,
  EpisodicLearner,
  GradientTransformation,
  LabelledSet,
  Tree,
} from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import {
  type DenseParameters,
  dense,
  lossOf,
  type Model,
  outputSizeOf,
  type Parameters,
  predictiveOf,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { denseParameters } from '../sequence/dense-parameters.js';
import {
  embedded,
  embeddingWidth,
  labelSize,
  shapedOutputs,
  splitLabelRow,
  withLabels,
  withoutLabelRow,
} from './items.js';
import type { CoreSizes, Memory, SequenceCore } from './sequence-core.js';

/** How a learner reads queries, and where labels are. */
export type ReadingOptions = {
  /**
   * `parallel`: every query by itself, from what is remembered of the support. `sequential`: one after another, so that a
   * query is read in the state that those before it left, for tasks whose queries are the steps of a lifetime.
   */
  readonly queryMode: 'parallel' | 'sequential';
  /**
   * `joined`: items are (x, y), queries (x, 0). `row`: inputs are images whose last row holds a label that is known by then,
   * such as that of the step before; it is joined to the embedded image. `inputs`: nowhere but in the inputs as they are.
   */
  readonly labels: 'joined' | 'row' | 'inputs';
};

/** Labels joined to the items, every query by itself. */
export const readingDefaults: ReadingOptions = { queryMode: 'parallel', labels: 'joined' };

/** What a learner that reads its support set is made of. */
export interface SequenceLearnerParts {
  /** From inputs to vectors; `undefined` takes inputs as they are, flat. */
  readonly embedding: (spec: EpisodeSpec) => Model | undefined;
  readonly core: SequenceCore;
  readonly optimizer: GradientTransformation;
  /** {@link readingDefaults} unless told. */
  readonly reading?: ReadingOptions;
}

/** θ. */
type Theta = {
  readonly embedding: Parameters;
  readonly core: Tree<Tensor>;
  readonly head: Required<DenseParameters>;
};

/** (x_t, 0) of queries: there is no label that could be looked at. */
function withoutLabels(x: Tensor, spec: EpisodeSpec): Tensor {
  const [tasks = 1, items = 1] = x.shape;
  return tf.concat([x, tf.zeros([tasks, items, labelSize(spec)])], 2);
}

/** Inputs and labels as items of a sequence. */
function itemReader(embedding: SequenceLearnerParts['embedding'], labels: ReadingOptions['labels']) {
  const imageSpec = (spec: EpisodeSpec) => (labels === 'row' ? withoutLabelRow(spec) : spec);
  const modelFor = (spec: EpisodeSpec) => embedding(imageSpec(spec));
  return {
    modelFor,
    featuresOf: (parameters: Parameters, spec: EpisodeSpec) =>
      embeddingWidth(modelFor(spec), parameters, imageSpec(spec)),
    itemSize: (features: number, spec: EpisodeSpec) =>
      labels === 'inputs' ? features : features + labelSize(spec),
    read(parameters: Parameters, inputs: Tensor, spec: EpisodeSpec, labelled?: LabelledSet): Tensor {
      if (labels === 'row') {
        const { images, labels: known } = splitLabelRow(inputs, spec);
        return tf.concat([embedded(modelFor(spec), parameters, images), known], 2);
      }
      const x = embedded(modelFor(spec), parameters, inputs);
      if (labels === 'inputs') return x;
      return labelled === undefined ? withoutLabels(x, spec) : withLabels(x, labelled, spec);
    },
  };
}

/**
 * A black-box learner: φ = f_θ(support) is what a core remembers after reading the labelled items, and a query is one more
 * item, its label left blank. Every query is answered from the same memory, by itself.
 *
 * @see Santoro et al. (2016), Mishra et al. (2018); the loss is that of the episode's query set.
 */
export function sequenceLearner(parts: SequenceLearnerParts): EpisodicLearner {
  const { embedding, core, optimizer, reading = readingDefaults } = parts;
  const { follow } = core;
  const sequential = reading.queryMode === 'sequential';
  if (sequential && follow === undefined)
    throw new TasklearnError(
      'INVALID_OPTION',
      `${core.name}: option \`queryMode\` must be 'parallel' for a core that reads all at once, got 'sequential'.`,
      { owner: core.name, key: 'queryMode', expected: 'parallel', received: 'sequential' },
    );
  const { modelFor, featuresOf, itemSize, read } = itemReader(embedding, reading.labels);
  const observe = (theta: Theta, support: LabelledSet, spec: EpisodeSpec): Memory =>
    core.observe(theta.core, read(theta.embedding, support.inputs, spec, support), support.mask);
  const outputs = (theta: Theta, memory: Memory, inputs: Tensor, spec: EpisodeSpec): Tensor => {
    const queries = read(theta.embedding, inputs, spec);
    const answers =
      sequential && follow !== undefined
        ? follow(theta.core, memory, queries)
        : core.answer(theta.core, memory, queries);
    return shapedOutputs(dense(answers, theta.head), spec); // [T, Q, out]
  };
  const learner: EpisodicLearner<Theta, Memory> = {
    kind: 'episodic',
    init(spec, rng) {
      const embeddingParameters = modelFor(spec)?.init(rng.split('embedding')) ?? {};
      const sizes: CoreSizes = {
        itemSize: itemSize(featuresOf(embeddingParameters, spec), spec),
        supportSize: spec.supportSize,
      };
      return {
        embedding: embeddingParameters,
        core: core.init(sizes, rng.split('core')),
        head: denseParameters(core.outputSize(sizes), outputSizeOf(spec), rng.split('head')),
      };
    },
    metaLoss(theta, { support, query }, _rng, spec) {
      const memory = observe(theta, support.labelled, spec);
      const losses = lossOf(spec)(outputs(theta, memory, query.inputs, spec), query.targets, query.mask); // [T]
      return { loss: tf.mean(losses) as tf.Scalar, metrics: {} };
    },
    optimizer,
    adapt: (theta, support, _rng, spec) => observe(theta, support.labelled, spec),
    predict: (theta, memory, inputs, _rng, spec) => predictiveOf(spec, outputs(theta, memory, inputs, spec)),
  };
  return learner as unknown as EpisodicLearner;
}
