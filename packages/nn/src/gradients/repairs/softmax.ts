import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { singleOutput } from './single-output.js';

/** Softmax and its logarithm over the last axis, recomputed from their operand. */
export const softmaxGradients: readonly GradConfig[] = [
  singleOutput('Softmax', ['logits'], (dy, [logits]) => ({
    logits: () => {
      const y = tf.softmax(logits as Tensor);
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y));
    },
  })),
  singleOutput('LogSoftmax', ['logits'], (dy, [logits]) => ({
    logits: () => tf.sub(dy, tf.mul(tf.sum(dy, -1, true), tf.softmax(logits as Tensor))),
  })),
];
