import { createRng, type EpisodeSpec } from '@tasklearn/core';
import { mlp, predictRegression, type RegressionBelief } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createAlpaca } from '../create-amortised-learners.js';
import { type AlpacaTheta, alpacaPrior } from './alpaca-learner.js';

const expectClose = (a: tf.Tensor, b: tf.Tensor, tolerance = 1e-4) =>
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(tolerance);

describe('alpaca', () => {
  const spec: EpisodeSpec = {
    input: { shape: [2], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    supportSize: 4,
    querySize: 3,
  };

  it('is the closed form on the features of its network, and the prior without data', () =>
    tf.tidy(() => {
      const learner = createAlpaca({ network: { hidden: [6] }, features: 3, noise: 0.5 });
      const rng = createRng('alpaca');
      const theta = learner.init(spec, rng) as unknown as AlpacaTheta;
      const inputs = rng.normal([1, 4, 2]);
      const targets = rng.normal([1, 4, 1]);
      const query = rng.normal([1, 3, 2]);
      const model = mlp({ inputShape: [2], hidden: [6], outputSize: 3, activation: 'tanh' });
      const phi = model.apply(theta.features, inputs);
      // A⁻¹ for W: N(0, I) and σ = 0.5; Λ is in units of the noise, so that W̄ = (Λ0 + ΦᵀΦ)⁻¹ ΦᵀY.
      const belief = learner.adapt(theta as never, { labelled: { inputs, targets } }, rng, spec);
      const precision = tf.matMul(phi, phi, true, false).add(tf.eye(3).mul(1 + 1e-6));
      expectClose((belief as unknown as RegressionBelief).precision, precision);
      const predictive = learner.predict(theta as never, belief, query, rng, spec);
      const closed = predictRegression(
        { precision, projection: tf.matMul(phi, targets, true, false) },
        model.apply(theta.features, query),
      );
      expectClose(predictive.mean(), closed.mean);
      expectClose(predictive.variance?.() as tf.Tensor, closed.scale.mul(0.25));
      const none = { inputs, targets, mask: tf.zeros([1, 4]) };
      const empty = learner.adapt(
        theta as never,
        { labelled: none },
        rng,
        spec,
      ) as unknown as RegressionBelief;
      expectClose(empty.precision, alpacaPrior(theta, 1).precision, 1e-6);
    }));
});
