import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** Asserts equal shapes and values that differ by at most `tolerance` · max(1, largest expected). */
export function expectClose(
  actual: tf.Tensor,
  expected: tf.Tensor | readonly number[],
  tolerance = 1e-5,
): void {
  tf.tidy(() => {
    const reference = expected instanceof tf.Tensor ? expected : tf.tensor([...expected], actual.shape);
    expect(actual.shape).toEqual(reference.shape);
    const scale = Math.max(1, tf.max(tf.abs(reference)).dataSync()[0] as number);
    const difference = tf.max(tf.abs(tf.sub(actual, reference))).dataSync()[0] as number;
    expect(difference / scale).toBeLessThanOrEqual(tolerance);
  });
}
