import { createRng, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createInitializer, type InitializerSpec } from './create-initializer.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const fans = { fanIn: 100, fanOut: 50 };

function draw(spec: InitializerSpec, seed: number): Float32Array {
  const tensor = createInitializer(spec)([100, 50], fans, createRng(seed));
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}

function moments(values: Float32Array): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { mean, deviation: Math.sqrt(variance), largest };
}

/** Standard deviation of N(0, 1) cut at ±2: sqrt(1 − 4 φ(2) / erf √2). */
const CUT_DEVIATION = 0.8796;

describe('createInitializer', () => {
  const cases: readonly [InitializerSpec, number, number][] = [
    [{ name: 'normal', standardDeviation: 0.5 }, 0.5, Number.POSITIVE_INFINITY],
    [{ name: 'truncatedNormal', standardDeviation: 0.5 }, 0.5 * CUT_DEVIATION, 1.0001],
    [{ name: 'uniform', limit: 3 }, 3 / Math.sqrt(3), 3],
    [{ name: 'glorotUniform' }, Math.sqrt(2 / 150), Math.sqrt(6 / 150)],
    [{ name: 'glorotNormal' }, Math.sqrt(2 / 150), Number.POSITIVE_INFINITY],
    [{ name: 'heNormal' }, Math.sqrt(2 / 100), Number.POSITIVE_INFINITY],
    [{ name: 'heUniform' }, Math.sqrt(2 / 100), Math.sqrt(6 / 100)],
  ];
  it.each(cases)('%o has its mean, deviation and range', (spec, deviation, limit) => {
    const before = tf.memory().numTensors;
    const found = moments(draw(spec, 1));
    expect(Math.abs(found.mean)).toBeLessThan((4 * deviation) / Math.sqrt(5000));
    expect(found.deviation / deviation).toBeGreaterThan(0.96);
    expect(found.deviation / deviation).toBeLessThan(1.04);
    expect(found.largest).toBeLessThanOrEqual(limit);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('truncatedNormal inverts the distribution function', () => {
    const values = [...draw({ name: 'truncatedNormal', standardDeviation: 1 }, 2)].sort((a, b) => a - b);
    // P(|x| < 1) = erf(1/√2) / erf(√2) = 0.7152
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    expect(within).toBeGreaterThan(0.69);
    expect(within).toBeLessThan(0.74);
  });

  it('same seed, same numbers; another seed, others', () => {
    expect(draw({ name: 'heNormal' }, 3)).toEqual(draw({ name: 'heNormal' }, 3));
    expect(draw({ name: 'heNormal' }, 3)).not.toEqual(draw({ name: 'heNormal' }, 4));
  });

  it('zeros are zeros', () => {
    expect(moments(draw({ name: 'zeros' }, 0)).largest).toBe(0);
  });

  it.each([
    [{ name: 'xavier' }, 'name'],
    [{ name: 'normal', standardDeviation: -1 }, 'standardDeviation'],
    [{ name: 'normal' }, 'standardDeviation'],
    [{ name: 'uniform', limit: Number.NaN }, 'limit'],
    [{ name: 'zeros', limit: 1 }, 'limit'],
  ])('refuses %o', (spec, option) => {
    try {
      createInitializer(spec as InitializerSpec);
      expect.unreachable();
    } catch (error) {
      expect(TasklearnError.is(error, 'INVALID_OPTION') && error.details.key).toBe(option);
    }
  });
});
