import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Value } from './record/graph.js';
import { registerKernel, runKernel } from './register-kernel.js';

const cube = {
  name: 'TestCube',
  record: (graph, { x }: Record<'x', Value>) => graph.add('Mul', [x, graph.add('Mul', [x, x], x)], x),
  eager: ({ x }: Record<'x', tf.Tensor>, { times }: { times: number }) => tf.mul(x, tf.mul(x, x)).mul(times),
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => tf.mul(dy as tf.Tensor, tf.mul((x as tf.Tensor).square(), 3 * (attributes.times as number))),
    }),
  },
} satisfies Parameters<typeof registerKernel<'x', { times: number }>>[0];

describe('registerKernel', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    registerKernel(cube);
    registerKernel(cube);
  });

  it('runs on the active backend and leaks nothing', () => {
    const before = tf.memory().numTensors;
    const x = tf.tensor1d([1, 2, 3]);
    const y = runKernel('TestCube', { x }, { times: 2 }) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([2, 16, 54]);
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is differentiable twice, leaking nothing', () => {
    const before = tf.memory().numTensors;
    const x = tf.scalar(2);
    const first = tf.grad((z) => runKernel('TestCube', { x: z }, { times: 1 }) as tf.Tensor);
    const second = tf.grad((z) => first(z));
    const values = [first(x), second(x)];
    expect(values.map((value) => value.dataSync()[0])).toEqual([12, 12]);
    tf.dispose([x, ...values]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives an output that is its operand a life of its own', () => {
    registerKernel({
      name: 'TestSame',
      record: (_, { x }: Record<'x', Value>) => x,
      eager: ({ x }) => x,
    });
    const x = tf.scalar(2);
    const y = runKernel('TestSame', { x }) as tf.Tensor;
    x.dispose();
    expect(y.dataSync()[0]).toBe(2);
    y.dispose();
  });
});
