import { createRng, type EpisodeSpec } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createNeuralProcess, createVersa } from '../create-amortised-learners.js';

const spec: EpisodeSpec = {
  input: { shape: [1], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 3,
  querySize: 4,
};

describe('versa for numbers', () => {
  it('is a latent vector trained pointwise without a divergence', () => {
    const rng = createRng('episodes');
    const set = (items: number) => ({
      inputs: rng.normal([2, items, 1]),
      targets: rng.normal([2, items, 1]),
    });
    const episodes = { support: { labelled: set(3) }, query: set(4) };
    const versa = createVersa({ hidden: [6, 6], latentSize: 3, trainSamples: 5 });
    const latent = createNeuralProcess({
      encoder: [6, 6],
      decoder: [6, 6],
      latentSize: 3,
      trainSamples: 5,
      objective: 'pointwise',
      divergenceWeight: 0,
    });
    const [a, b] = [versa, latent].map((learner) =>
      learner.metaLoss?.(learner.init(spec, createRng(1)), episodes, createRng(2), spec).loss.dataSync(),
    );
    expect(a).toEqual(b);
  });

  it('predicts after any number of examples, none included', () => {
    const versa = createVersa({ hidden: [6], latentSize: 2, testSamples: 4 });
    const theta = versa.init(spec, createRng(3));
    const labelled = { inputs: tf.zeros([1, 3, 1]), targets: tf.ones([1, 3, 1]), mask: tf.zeros([1, 3]) };
    const phi = versa.adapt(theta, { labelled }, createRng(4), spec);
    const other = versa.adapt(
      theta,
      { labelled: { ...labelled, targets: tf.fill([1, 3, 1], 9) } },
      createRng(4),
      spec,
    );
    const at = (own: typeof phi) =>
      versa
        .predict(theta, own, tf.ones([1, 2, 1]), createRng(5), spec)
        .mean()
        .dataSync();
    expect(at(phi)).toEqual(at(other));
  });
});
