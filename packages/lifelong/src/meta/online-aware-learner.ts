import type { GradientTransformation, StreamLearner } from '@tasklearn/core';
import { accuracy, crossEntropy } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type OuterTrainingParts, openOuterTraining } from './outer-training.js';
import { openPlasticAgent, type PlasticState, requireClasses } from './plastic-agent.js';
import {
  type PlasticNetwork,
  type PlasticSettings,
  type PlasticTheta,
  plasticNetwork,
} from './plastic-network.js';
import { type SequenceSettings, type Sequences, sampleSequences } from './sample-sequences.js';

/** What an online-aware meta-learner is made of. */
export interface OnlineAwareParts extends PlasticSettings, SequenceSettings {
  readonly name: string;
  readonly optimizer: GradientTransformation;
}

/** Items [T, first .. first + count). */
function slice(tensor: Tensor, first: number, count: number): Tensor {
  const rest = tensor.shape.slice(2);
  return tf.slice(tensor, [0, first, ...rest.map(() => 0)], [tensor.shape[0] as number, count, ...rest]);
}

/**
 * The outer loss: T short lifetimes are lived, `batchSize` items at a time, and all their items and held-out ones are asked for at
 * the end. Differentiable through the whole of them.
 *
 * @returns mean −log p and accuracy, [].
 */
export function lifetimeLoss(
  network: PlasticNetwork,
  theta: PlasticTheta,
  { targets, queryInputs, queryTargets }: Sequences<Tensor>,
  batchSize: number,
): { readonly loss: Scalar; readonly accuracy: Scalar } {
  const [lifetimes, length] = targets.shape as [number, number];
  const embedded = network.embed(theta, queryInputs); // The items learnt come first.
  const learnt = slice(embedded, 0, length);
  let plastic = network.begin(theta, lifetimes);
  for (let first = 0; first < length; first += batchSize)
    plastic = network.learn(
      theta,
      plastic,
      slice(learnt, first, batchSize),
      slice(targets, first, batchSize),
    );
  const outputs = network.outputs(theta, plastic, embedded);
  return {
    loss: crossEntropy(outputs, queryTargets).mean() as Scalar,
    accuracy: accuracy(outputs, queryTargets).mean() as Scalar,
  };
}

/**
 * A learner that keeps nothing: a representation is meta-learned so that plain gradient descent on whatever comes, one batch at a
 * time, does not interfere with what came before.
 */
export function onlineAwareLearner(parts: OnlineAwareParts): StreamLearner<PlasticState> {
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: false, storage: 0, metaTraining: true }),
    openTraining: (context, saved) => {
      const { distribution, rng } = context;
      const { spec } = distribution;
      requireClasses(parts.name, spec);
      const network = plasticNetwork(parts, spec);
      const training: OuterTrainingParts<PlasticTheta, Sequences<Tensor>> = {
        name: parts.name,
        optimizer: parts.optimizer,
        init: network.init,
        loss(theta, sequences) {
          const { loss, accuracy: share } = lifetimeLoss(network, theta, sequences, spec.batchSize);
          return { loss, metrics: { accuracy: share } };
        },
        sample: (update) => sampleSequences(distribution, parts, update, rng.split('data')),
      };
      return openOuterTraining(training, context, saved);
    },
    async openAgent(parameters, { spec, executor }) {
      return openPlasticAgent(parts, parameters, spec, executor);
    },
  };
}
