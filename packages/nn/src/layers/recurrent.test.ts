import { createRng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { gruCell } from './gru-cell.js';
import { lstmCell } from './lstm-cell.js';
import type { CellParameters } from './recurrent-cell.js';
import { rnnCell } from './rnn-cell.js';
import { unrollCell } from './unroll-cell.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('one step, by hand', () => {
  const one = { inputSize: 1, size: 1 };
  it('gruCell', () => {
    const parameters = (): CellParameters => ({
      inputWeight: tf.tensor([[0.5, -1, 2]]),
      stateWeight: tf.tensor([[1, 0.3, -0.7]]),
      inputBias: tf.tensor([0.1, 0.2, 0.3]),
      candidateBias: tf.tensor([0.4]),
    });
    const [x, h] = [0.8, -0.6];
    const r = sigmoid(0.5 * x + h + 0.1);
    const z = sigmoid(-x + 0.3 * h + 0.2);
    const n = Math.tanh(2 * x + 0.3 + r * (-0.7 * h + 0.4));
    const found = valuesOf(
      () =>
        unrollCell(gruCell(one), parameters(), tf.tensor([x], [1, 1, 1, 1]), {
          state: tf.tensor([h], [1, 1, 1]),
        }).state,
    );
    expectValues(found, [(1 - z) * n + z * h]);
  });
  it('lstmCell', () => {
    const parameters = (): CellParameters => ({
      inputWeight: tf.tensor([[0.5, -1, 2, 1.5]]),
      stateWeight: tf.tensor([[1, 0.3, -0.7, 0.2]]),
      inputBias: tf.tensor([0.1, 0.2, 0.3, 0.4]),
    });
    const [x, h, c] = [0.8, -0.6, 0.9];
    const [i, f, o] = [
      sigmoid(0.5 * x + h + 0.1),
      sigmoid(-x + 0.3 * h + 0.2),
      sigmoid(2 * x - 0.7 * h + 0.3),
    ];
    const next = f * c + i * Math.tanh(1.5 * x + 0.2 * h + 0.4);
    const found = valuesOf(
      () =>
        unrollCell(lstmCell(one), parameters(), tf.tensor([x], [1, 1, 1, 1]), {
          state: tf.tensor([h, c], [1, 1, 2]),
        }).state,
    );
    expectValues(found, [o * Math.tanh(next), next]);
  });
  it('rnnCell', () => {
    const parameters = (): CellParameters => ({
      inputWeight: tf.tensor([[0.5]]),
      stateWeight: tf.tensor([[-2]]),
      inputBias: tf.tensor([0.1]),
    });
    const found = valuesOf(
      () => unrollCell(rnnCell(one), parameters(), tf.tensor([0.8, -1], [1, 1, 2, 1]), {}).outputs,
    );
    const first = Math.tanh(0.4 + 0.1);
    expectValues(found, [first, Math.tanh(-0.5 - 2 * first + 0.1)]);
  });
});

const cells = { gruCell, lstmCell, rnnCell };

describe.each(Object.entries(cells))('%s over sequences', (_name, make) => {
  const cell = make({ inputSize: 3, size: 4 });
  const inputs = () => createRng(1).normal([2, 3, 5, 3]);
  const range = (x: Tensor, from: number, count: number) =>
    tf.slice(x, [0, 0, from, 0], [2, 3, count, x.shape[3] as number]);

  it('two calls with the state carried are one long call', () => {
    const parameters = cell.init(createRng(0));
    const whole = valuesOf(() => unrollCell(cell, parameters, inputs()).states);
    const halves = valuesOf(() => {
      const x = inputs();
      const first = unrollCell(cell, parameters, range(x, 0, 2));
      const second = unrollCell(cell, parameters, range(x, 2, 3), { state: first.state });
      return tf.concat([first.states, second.states], 2);
    });
    expectValues(halves, whole);
    tf.dispose(parameters);
  });
  it('a reset forgets everything before it, in its own item only', () => {
    const before = tf.memory().numTensors;
    const parameters = cell.init(createRng(0));
    const tail = (resets: number[], task: number, item: number) =>
      valuesOf(() => {
        const mask = tf.buffer([2, 3, 5]);
        for (const at of resets) mask.set(1, task, item, at);
        const { outputs } = unrollCell(cell, parameters, inputs(), { resets: mask.toTensor() });
        return tf.slice(outputs, [task, item, 3, 0], [1, 1, 2, 4]);
      });
    const fresh = valuesOf(() => {
      const { outputs } = unrollCell(cell, parameters, range(inputs(), 3, 2));
      return tf.slice(outputs, [1, 2, 0, 0], [1, 1, 2, 4]);
    });
    expectValues(tail([3], 1, 2), fresh);
    expect(tail([], 1, 2)).not.toEqual(fresh);
    const other = valuesOf(() => {
      const mask = tf.buffer([2, 3, 5]);
      mask.set(1, 0, 0, 3);
      const { outputs } = unrollCell(cell, parameters, inputs(), { resets: mask.toTensor() });
      return tf.slice(outputs, [1, 2, 3, 0], [1, 1, 2, 4]);
    });
    expectValues(other, tail([], 1, 2));
    tf.dispose(parameters);
    expect(tf.memory().numTensors).toBe(before);
  });
  it('parameters of each task are used for that task', () => {
    const [a, b] = [cell.init(createRng(0)), cell.init(createRng(5))];
    const both = Object.fromEntries(
      Object.keys(a).map((name) => [name, tf.stack([a[name] as Tensor, b[name] as Tensor])]),
    );
    const found = valuesOf(() => unrollCell(cell, both, inputs()).outputs);
    const alone = [a, b].flatMap((own, task) =>
      valuesOf(() => tf.slice(unrollCell(cell, own, inputs()).outputs, [task, 0, 0, 0], [1, 3, 5, 4])),
    );
    expectValues(found, alone);
    tf.dispose([a, b, both]);
  });
  it('refuses what does not fit', () => {
    expect(codeOf(() => make({ inputSize: 0, size: 4 }))).toBe('INVALID_OPTION');
    const refused = (fn: () => unknown) => tf.tidy(() => String(codeOf(fn as () => Tensor)));
    expect(refused(() => unrollCell(cell, cell.init(createRng(0)), tf.zeros([1, 1, 2, 4])))).toBe(
      'SHAPE_MISMATCH',
    );
    expect(refused(() => unrollCell(cell, {}, tf.zeros([1, 1, 2, 3])))).toBe('SHAPE_MISMATCH');
    const resets = tf.zeros([1, 1, 3]);
    expect(refused(() => unrollCell(cell, cell.init(createRng(0)), tf.zeros([1, 1, 2, 3]), { resets }))).toBe(
      'SHAPE_MISMATCH',
    );
  });
});
