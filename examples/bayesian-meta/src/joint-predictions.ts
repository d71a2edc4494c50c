import type { SampledPredictive } from '@tasklearn/bayesian-meta';
import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicLearner,
  type Executor,
  type HostTensor,
  type LabelledSet,
  type Support,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What one learner says of T test tasks. */
export type JointPredictions = {
  /** log p(y | x, D) of every query item, [T, Q]. */
  readonly pointwise: HostTensor;
  /** log p(y_1, ..., y_Q | x, D), [T]. */
  readonly joint: HostTensor;
  /** E[y | x, φ_s] at the shown inputs, [T, S, G, ...]; one sample where the learner has no samples. */
  readonly functions: HostTensor;
};

type Input = {
  readonly theta: Tree<Tensor>;
  readonly support: Support;
  readonly query: LabelledSet;
  readonly shown: Tensor;
};

/** Adapts to the episodes, and asks for the query items one by one, for all of them together, and for whole functions. */
export async function jointPredictions(
  learner: EpisodicLearner,
  theta: Tree<HostTensor>,
  episodes: EpisodeBatch<HostTensor>,
  shown: HostTensor,
  spec: EpisodeSpec,
  executor: Executor,
): Promise<JointPredictions> {
  const prepared = executor.prepare((input: Input, rng) => {
    const phi = learner.adapt(input.theta, input.support, rng.split('adapt'), spec);
    const predict = (x: Tensor) =>
      learner.predict(input.theta, phi, x, rng.split('predict'), spec) as SampledPredictive;
    const query = predict(input.query.inputs);
    const pointwise = query.logProbability(input.query.targets);
    const functions = predict(input.shown);
    return {
      pointwise,
      joint: query.jointLogProbability?.(input.query.targets) ?? tf.sum(pointwise, 1),
      functions: functions.sampleMeans?.() ?? functions.mean().expandDims(1),
    };
  });
  const given = { theta, support: episodes.support, query: episodes.query, shown };
  const predictions = await prepared.run(given as never, createRng('noise'));
  prepared.dispose();
  return predictions as unknown as JointPredictions;
}
