import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { recurrentCell } from './recurrent-cell.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('recurrentCell', () => {
  it('GRU: one unit by hand', () => {
    tf.tidy(() => {
      const cell = recurrentCell('gru', 1, 1);
      const parameters = {
        input: tf.tensor2d([[0.5, -1, 2]]),
        recurrent: tf.tensor2d([[1, 0.5, -1]]),
        bias: tf.tensor1d([0.1, 0.2, 0.3]),
      };
      const [x, h] = [0.7, 0.4];
      const reset = sigmoid(0.5 * x + 0.1 + h);
      const update = sigmoid(-x + 0.2 + 0.5 * h);
      const candidate = Math.tanh(2 * x + 0.3 - reset * h);
      const next = cell.step(parameters, tf.tensor2d([[x]]), tf.tensor2d([[h]])).dataSync()[0];
      expect(next).toBeCloseTo(update * h + (1 - update) * candidate, 5);
    });
  });

  it('LSTM: one unit by hand, forget bias 1', () => {
    tf.tidy(() => {
      const cell = recurrentCell('lstm', 1, 1);
      const parameters = {
        input: tf.tensor2d([[0.5, -1, 2, 0.3]]),
        recurrent: tf.tensor2d([[1, 0.5, -1, 0.2]]),
        bias: tf.zeros([4]),
      };
      const [x, h, c] = [0.7, 0.4, -0.6];
      const memory = sigmoid(-x + 0.5 * h + 1) * c + sigmoid(0.5 * x + h) * Math.tanh(2 * x - h);
      const output = sigmoid(0.3 * x + 0.2 * h) * Math.tanh(memory);
      const next = cell.step(parameters, tf.tensor2d([[x]]), tf.tensor2d([[h, c]])).dataSync();
      expect(next[0]).toBeCloseTo(output, 5);
      expect(next[1]).toBeCloseTo(memory, 5);
    });
  });

  it('sees no future: later inputs do not move earlier states', () => {
    tf.tidy(() => {
      const cell = recurrentCell('gru', 2, 3);
      const parameters = cell.init(createRng(1));
      const x = tf.randomNormal([1, 4, 2], 0, 1, 'float32', 1);
      const changed = x.add(tf.tensor3d([0, 0, 0, 0, 0, 0, 9, 9], [1, 4, 2]));
      const begin = tf.zeros([1, 3]);
      const early = (inputs: tf.Tensor) => cell.unroll(parameters, inputs, begin).slice([0, 0, 0], [1, 3, 3]);
      expect([...early(x).dataSync()]).toEqual([...early(changed).dataSync()]);
    });
  });
});
