import type { EpisodeSpec, EpisodicLearner, Tree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsSizes } from '../models/dynamics-model.js';
import type { AdaptiveModel } from './adaptive-model.js';
import { splitWindow } from './split-window.js';

/** The few-shot regression that a window of transitions is: inputs (s, a), targets Δ, both normalised. */
export function windowSpec(
  { observation, action }: DynamicsSizes,
  support: number,
  query: number,
): EpisodeSpec {
  return {
    input: { shape: [observation + action], dtype: 'float32' },
    target: { kind: 'regression', shape: [observation] },
    loss: 'meanSquaredError',
    supportSize: support,
    querySize: query,
  };
}

/**
 * Any few-shot learner of core's contract as an adaptive model: its support set is the window, its prediction the
 * change. φ is found once per step of the trial, and held along the roll-out.
 *
 * @param learner - of regression tasks; one without `metaLoss` is not trained.
 */
export function metaLearnedModel(
  learner: EpisodicLearner,
  sizes: DynamicsSizes,
  { support, query }: { readonly support: number; readonly query: number },
): AdaptiveModel {
  const spec = windowSpec(sizes, support, query);
  return {
    batch: { kind: 'windows', support, query },
    window: support,
    init: (rng) => learner.init(spec, rng),
    loss(theta, batch, rng) {
      const { before, after } = splitWindow(batch, support);
      if (learner.metaLoss === undefined) return tf.scalar(0);
      const episodes = {
        support: { labelled: { inputs: before.transitions.inputs, targets: before.transitions.changes } },
        query: { inputs: after.inputs, targets: after.changes },
      };
      return learner.metaLoss(theta as Tree<Tensor>, episodes, rng, spec).loss as Scalar;
    },
    adapt(theta, { transitions, mask }, rng) {
      const labelled = { inputs: transitions.inputs, targets: transitions.changes, mask };
      const phi = learner.adapt(theta as Tree<Tensor>, { labelled }, rng.split('adapt'), spec);
      return {
        groups: mask.shape[0] as number,
        perTrial: true,
        probabilistic: false,
        predict: (inputs) => ({
          mean: learner.predict(theta as Tree<Tensor>, phi, inputs, rng.split('predict'), spec).mean(),
        }),
      };
    },
  };
}
