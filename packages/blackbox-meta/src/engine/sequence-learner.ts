import type {
  EpisodeSpec,
  EpisodicLearner,
  GradientTransformation,
  LabelledSet,
  Tree,
} from '@tasklearn/core';
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
import { embedded, embeddingWidth, labelSize, shapedOutputs, withLabels } from './items.js';
import type { CoreSizes, Memory, SequenceCore } from './sequence-core.js';

/** What a learner that reads its support set is made of. */
export interface SequenceLearnerParts {
  /** From inputs to vectors; `undefined` takes inputs as they are, flat. */
  readonly embedding: (spec: EpisodeSpec) => Model | undefined;
  readonly core: SequenceCore;
  readonly optimizer: GradientTransformation;
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

/**
 * A black-box learner: φ = f_θ(support) is what a core remembers after reading the labelled items, and a query is one more
 * item, its label left blank. Every query is answered from the same memory, by itself.
 *
 * @see Santoro et al. (2016), Mishra et al. (2018); the loss is that of the episode's query set.
 */
export function sequenceLearner({ embedding, core, optimizer }: SequenceLearnerParts): EpisodicLearner {
  const sizesFor = (spec: EpisodeSpec, features: number): CoreSizes => ({
    itemSize: features + labelSize(spec),
    supportSize: spec.supportSize,
  });
  const observe = (theta: Theta, support: LabelledSet, spec: EpisodeSpec): Memory => {
    const items = withLabels(embedded(embedding(spec), theta.embedding, support.inputs), support, spec);
    return core.observe(theta.core, items, support.mask);
  };
  const outputs = (theta: Theta, memory: Memory, inputs: Tensor, spec: EpisodeSpec): Tensor => {
    const queries = withoutLabels(embedded(embedding(spec), theta.embedding, inputs), spec);
    const raw = dense(core.answer(theta.core, memory, queries), theta.head); // [T, Q, out]
    return shapedOutputs(raw, spec);
  };
  const learner: EpisodicLearner<Theta, Memory> = {
    kind: 'episodic',
    init(spec, rng) {
      const model = embedding(spec);
      const parameters = model?.init(rng.split('embedding')) ?? {};
      const features = embeddingWidth(model, parameters, spec);
      const sizes = sizesFor(spec, features);
      return {
        embedding: parameters,
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
