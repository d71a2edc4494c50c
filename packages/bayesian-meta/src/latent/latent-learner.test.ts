import { createRng, type EpisodeSpec } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createNeuralProcess } from '../create-amortised-learners.js';

const spec: EpisodeSpec = {
  input: { shape: [1], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 3,
  querySize: 4,
};
const sizes = { encoder: [6, 6], decoder: [6], latentSize: 2 };
const rng = () => createRng('latent');
const episodes = () => {
  const own = createRng('episodes');
  const set = (items: number) => ({ inputs: own.normal([2, items, 1]), targets: own.normal([2, items, 1]) });
  return { support: { labelled: set(3) }, query: set(4) };
};
const number = (x: tf.Tensor) => x.dataSync()[0] as number;

describe('neural-process', () => {
  const lossOf = (options: Parameters<typeof createNeuralProcess>[0]) => {
    const learner = createNeuralProcess({ ...sizes, ...options });
    return learner.metaLoss?.(learner.init(spec, rng()), episodes(), rng(), spec);
  };

  it('orders its objectives by Jensen: the more is averaged before the logarithm, the smaller the loss', () => {
    const samples = { trainSamples: 6, divergenceWeight: 0 };
    const [mean, joint] = (['boundSupport', 'joint'] as const).map((objective) =>
      number(lossOf({ ...samples, objective })?.loss as tf.Scalar),
    ) as [number, number];
    const pointwise = number(lossOf({ ...samples, objective: 'pointwise' })?.loss as tf.Scalar);
    expect(joint).toBeLessThan(mean + 1e-6);
    expect(pointwise).toBeLessThan(mean + 1e-6);
  });

  it('with one sample does not tell the objectives apart', () => {
    const losses = (['boundSupport', 'joint', 'pointwise'] as const).map((objective) =>
      number(lossOf({ trainSamples: 1, divergenceWeight: 0, objective })?.loss as tf.Scalar),
    );
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0] as number, 5);
  });

  it('adds β KL per query item', () => {
    const { loss, metrics } = lossOf({ divergenceWeight: 2 }) as NonNullable<ReturnType<typeof lossOf>>;
    const expected = number(metrics.fit as tf.Scalar) + (2 * number(metrics.divergence as tf.Scalar)) / 4;
    expect(number(loss)).toBeCloseTo(expected, 5);
    expect(number(metrics.divergence as tf.Scalar)).toBeGreaterThan(0);
  });

  it('draws different functions of one task, each the same for all its inputs', () => {
    const learner = createNeuralProcess({ ...sizes, testSamples: 5 });
    const theta = learner.init(spec, rng());
    const phi = learner.adapt(theta, episodes().support, rng(), spec);
    const inputs = tf.tensor3d([
      [[1], [1]],
      [[1], [1]],
    ]);
    const prediction = learner.predict(theta, phi, inputs, rng(), spec) as never as {
      sampleMeans(): tf.Tensor;
    };
    const means = prediction.sampleMeans(); // [T, S, 2, 1]
    expect(means.shape).toEqual([2, 5, 2, 1]);
    const [first, second] = tf.split(means, 2, 2) as [tf.Tensor, tf.Tensor];
    expect(number(tf.max(tf.abs(first.sub(second))))).toBeLessThan(1e-6);
    expect(number(tf.max(first).sub(tf.min(first)))).toBeGreaterThan(1e-3);
  });
});
