import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { categoricalHead } from './categorical-actions.js';
import { gaussianHead } from './gaussian-actions.js';
import { recurrentPolicy } from './recurrent-policy.js';

beforeAll(() => tf.setBackend('cpu'));

describe.each(['gru', 'lstm', 'rnn'] as const)('recurrentPolicy with %s', (cell) => {
  it('steps one by one are an unrolling, resets included', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const policy = recurrentPolicy({
        inputSize: 3,
        head: cell === 'gru' ? gaussianHead(2) : categoricalHead(4),
        cell,
        size: 5,
        encoder: cell === 'rnn' ? 0 : 4,
        headScale: 1,
      });
      const parameters = policy.init(createRng(0));
      const inputs = createRng(1).normal([2, 3, 4, 3]);
      const mask = tf.buffer([2, 3, 4]);
      mask.set(1, 1, 2, 2);
      const resets = mask.toTensor();
      const whole = policy.unroll(parameters, inputs, { resets });
      let state = policy.begin(2, 3);
      const K = policy.head.size;
      const all = whole.distribution.numbers.reshape([2, 3, 4, K]);
      const values = whole.value?.reshape([2, 3, 4]) as tf.Tensor;
      for (let l = 0; l < 4; l += 1) {
        const x = inputs.slice([0, 0, l, 0], [2, 3, 1, 3]).reshape([2, 3, 3]);
        const r = resets.slice([0, 0, l], [2, 3, 1]).reshape([2, 3]);
        const step = policy.step(parameters, x, state, r);
        state = step.state;
        const gap = tf.max(
          tf.abs(step.distribution.numbers.sub(all.slice([0, 0, l, 0], [2, 3, 1, K]).reshape([2, 3, K]))),
        );
        expect(gap.dataSync()[0]).toBeLessThan(1e-5);
        const valueGap = tf.max(
          tf.abs((step.value as tf.Tensor).sub(values.slice([0, 0, l], [2, 3, 1]).reshape([2, 3]))),
        );
        expect(valueGap.dataSync()[0]).toBeLessThan(1e-5);
      }
      expect(tf.max(tf.abs(state.sub(whole.state))).dataSync()[0]).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
