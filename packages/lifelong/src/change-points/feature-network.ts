import { disposeTree, type Rng, type StreamSpec, TasklearnError } from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type NetworkParameters, streamNetwork } from '../engine/network.js';
import { classExpert } from './class-expert.js';
import type { Expert, ExpertParameters } from './expert.js';
import { regressionExpert } from './regression-expert.js';

/** Meta-learned parameters: features, the expert's prior and noise, and the logit of the hazard. */
export type ChangePointTheta = {
  readonly features: NetworkParameters;
  readonly expert: ExpertParameters;
  /** logit λ, []. */
  readonly hazard: Tensor;
};

/** What features and experts are made of. */
export interface FeatureSettings {
  /** For messages. */
  readonly name: string;
  readonly network: NetworkOptions;
  /** F. */
  readonly features: number;
  /** First standard deviation of what differs between segments: a regression weight, or a class mean. */
  readonly spread: number;
  /** First standard deviation of the noise: of a target, or of features about their class mean. */
  readonly noise: number;
  /** λ at first, in (0, 1). */
  readonly hazard: number;
}

/** Features and an expert on them, for a stream. */
export interface FeatureNetwork {
  readonly expert: Expert;
  /** The caller disposes. */
  init(rng: Rng): ChangePointTheta;
  /** φ(x), [B, T, F], of inputs [B, T, ...]. */
  features(theta: ChangePointTheta, inputs: Tensor): Tensor;
}

/**
 * Features for a stream, and the expert that its targets need: Bayesian linear regression, or clusters of classes.
 *
 * @throws `UNSUPPORTED_TASK` for a stream whose items come several at a time: between two of them nothing could change.
 */
export function featureNetwork(settings: FeatureSettings, spec: StreamSpec): FeatureNetwork {
  if (spec.batchSize !== 1) {
    const message = `${settings.name}: expected a stream of one item a step, got ${spec.batchSize}. Set the stream's batch size to 1.`;
    throw new TasklearnError('UNSUPPORTED_TASK', message, { expected: 1, received: spec.batchSize });
  }
  const { features: size, spread, noise } = settings;
  const { target } = spec;
  const embedding = { ...spec, target: { kind: 'regression', shape: [size] } } as const;
  const network = streamNetwork(settings.network, { ...embedding, loss: 'meanSquaredError' });
  const expert =
    target.kind === 'classification'
      ? classExpert(target.classes, { spread, noise })
      : regressionExpert(
          target.shape.reduce((product, length) => product * length, 1),
          { spread, noise },
        );
  return {
    expert,
    init(rng) {
      const hazard = tf.scalar(Math.log(settings.hazard / (1 - settings.hazard)));
      return {
        features: network.init(rng.split('features')),
        expert: expert.init(size, rng.split('expert')),
        hazard,
      };
    },
    features: ({ features: { body, head } }, inputs) => network.outputs(head, network.features(body, inputs)),
  };
}

/** θ freed. */
export function disposeTheta(theta: ChangePointTheta): void {
  disposeTree(theta as never);
}
