import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** The values of what `fn` returns. Asserts that nothing it made is left. */
export function valuesOf(fn: () => tf.Tensor): number[] {
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => [...fn().dataSync()]);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

/** Asserts equal length and values equal to so many decimals. */
export function expectValues(actual: readonly number[], expected: readonly number[], decimals = 4): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] as number, decimals);
  });
}
