import type { EpisodicLearner, LabelledSet, Support } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';

/** The support with no item that counts, and nothing to be seen in them. */
function blank(support: Support): Support {
  const { inputs, targets } = support.labelled;
  const [tasks = 1, items = 1] = inputs.shape;
  const labelled: LabelledSet = {
    inputs: tf.zerosLike(inputs),
    targets: tf.zerosLike(targets),
    mask: tf.zeros([tasks, items]),
  };
  return { ...support, labelled };
}

/**
 * A learner that never sees its support set, in meta-training as at meta-test: what can be predicted from inputs alone.
 * A learner that does no better has learnt its training tasks by heart.
 */
export function supportBlind(learner: EpisodicLearner): EpisodicLearner {
  const { metaLoss } = learner;
  return {
    ...learner,
    ...(metaLoss && {
      metaLoss: (theta, episodes, rng, spec) =>
        metaLoss(theta, { ...episodes, support: blank(episodes.support) }, rng, spec),
    }),
    adapt: (theta, support, rng, spec) => learner.adapt(theta, blank(support), rng, spec),
  };
}
