import type { EpisodeSpec } from '@tasklearn/core';
import type { Model } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import type { Embedder } from './metric-learner-parts.js';

/** The inputs themselves, as vectors: [T, B, ...] to [T, B, D]. */
export function rawInputs(): Embedder {
  return {
    name: 'rawInputs',
    apply(_parameters, inputs) {
      const [tasks = 0, items = 0] = inputs.shape;
      return inputs.rank === 3 ? inputs : tf.reshape(inputs, [tasks, items, inputs.size / (tasks * items)]);
    },
  };
}

/** A network whose outputs are the embedding, one set of weights for all tasks. */
export function network(model: (spec: EpisodeSpec) => Model): Embedder {
  return {
    name: 'network',
    init: (spec, rng) => model(spec).init(rng),
    apply: (parameters, inputs, spec) => model(spec).apply(parameters ?? {}, inputs), // [T, B, d]
  };
}
