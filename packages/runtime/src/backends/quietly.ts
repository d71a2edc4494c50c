import * as tf from '@tensorflow/tfjs';

/**
 * Runs something with TensorFlow.js's console messages off: a probe that fails is reported by value, with its
 * reason, and says nothing on the console.
 */
export async function quietly<Result>(run: () => Promise<Result>): Promise<Result> {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    return await run();
  } finally {
    tf.env().set('PROD', before);
  }
}
