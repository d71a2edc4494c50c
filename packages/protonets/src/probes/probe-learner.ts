import { type EpisodeSpec, type EpisodicLearner, TasklearnError, type Tree } from '@tasklearn/core';
import { predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import type { Embedder, MetricParameters } from '../engine/metric-learner-parts.js';
import type { ProbeHead } from './probe-head.js';

/**
 * A classifier fitted to each support set on top of a given embedding. Nothing is meta-trained: θ holds the embedding, drawn at
 * random by `init` or taken from another learner (θ of a `protonet` fits as it is).
 *
 * @throws (the learner) `UNSUPPORTED_TASK` for regression.
 */
export function probeLearner<Phi extends Tree<Tensor>>(
  embed: Embedder,
  head: ProbeHead<Phi>,
): EpisodicLearner<MetricParameters, Phi> {
  return {
    kind: 'episodic',
    init(spec, rng) {
      classesOf(spec, head.name);
      const parameters = embed.init?.(spec, rng.split('embed'));
      return parameters ? { embed: parameters } : {};
    },
    adapt(theta, { labelled }, rng, spec) {
      const features = embed.apply(theta.embed, labelled.inputs, spec); // [T, S, d]
      return head.fit(features, labelled, classesOf(spec, head.name), rng);
    },
    predict: (theta, phi, inputs, _rng, spec) =>
      predictiveOf(spec, head.logits(phi, embed.apply(theta.embed, inputs, spec))), // [T, Q, N]
  };
}

function classesOf(spec: EpisodeSpec, head: string): number {
  if (spec.target.kind === 'classification') return spec.target.classes;
  throw new TasklearnError('UNSUPPORTED_TASK', `probe: the ${head} head classifies, got a regression task.`, {
    expected: 'classification',
    received: spec.target.kind,
  });
}
