import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ActivationName, activationOf } from './activations.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Φ by Simpson's rule, to check gelu without the error function under test. */
function normalDistribution(x: number): number {
  const steps = 2000;
  const h = x / steps;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += density(i * h) * (i % 2 === 1 ? 4 : 2);
  return 0.5 + (sum * h) / 3;
}

const formulas: Readonly<Record<ActivationName, (x: number) => number>> = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  gelu: (x) => x * normalDistribution(x),
  swish: (x) => x * logistic(x),
  tanh: Math.tanh,
  sigmoid: logistic,
  softplus: (x) => Math.log1p(Math.exp(x)),
};

describe('activations', () => {
  it.each(Object.entries(formulas))('%s equals its formula', (name, formula) => {
    const before = tf.memory().numTensors;
    const points = [-30, -2.5, -1, -0.1, 0, 0.1, 1, 2.5, 30];
    const found = tf.tidy(() => activationOf(name as ActivationName)(tf.tensor1d(points)).dataSync());
    points.forEach((x, index) => {
      expect(found[index]).toBeCloseTo(formula(x), 4);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('elu does not overflow', () => {
    const found = tf.tidy(() => activationOf('elu')(tf.tensor1d([200])).dataSync()[0]);
    expect(found).toBe(200);
  });

  it('refuses an unknown name', () => {
    try {
      activationOf('toString' as ActivationName);
      expect.unreachable();
    } catch (error) {
      expect(TasklearnError.is(error, 'INVALID_OPTION')).toBe(true);
    }
  });
});
