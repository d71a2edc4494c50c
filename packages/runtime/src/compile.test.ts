import {
  createRng,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type RecordableFunction,
  type Tree,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;

function host(shape: number[], seed: number): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    dtype: 'float32',
    shape,
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed)),
  };
}

async function expectSame(
  fn: RecordableFunction<never, Tree<tf.Tensor>>,
  input: Tree<HostTensor>,
  tolerance = 1e-5,
) {
  const compiled = compile(fn, { fallback: 'error' });
  const actual = leavesOf(await compiled.run(input as never, createRng(1))) as unknown as HostTensor[];
  const expected = leavesOf(
    await eagerExecutor()
      .prepare(fn)
      .run(input as never, createRng(1)),
  ) as unknown as HostTensor[];
  expect(actual.length).toBe(expected.length);
  actual.forEach((leaf, index) => {
    const { dtype, shape, data } = expected[index] as HostTensor;
    expect([leaf.dtype, leaf.shape]).toEqual([dtype, shape]);
    const error = Math.max(
      ...data.map(
        (value: number, i: number) => Math.abs(value - (leaf.data[i] as number)) / (1 + Math.abs(value)),
      ),
    );
    expect(error).toBeLessThan(tolerance);
  });
  compiled.dispose();
}

describe('compile', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('computes what the function computes', async () => {
    const compiled = compile(({ x }: { x: tf.Tensor }) => ({ y: x.mul(2).add(1) }));
    const { y } = await compiled.run({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
    expect([...y.data]).toEqual([3, 5]);
  });

  it('takes second derivatives of a multi-layer perceptron', async () => {
    const loss = (p: Tensors, x: tf.Tensor, y: tf.Tensor) => {
      const h = tf.relu(tf.matMul(x, p.w1!).add(p.b1!));
      return tf.matMul(h, p.w2!).add(p.b2!).sub(y).square().mean() as tf.Scalar;
    };
    const names = ['w1', 'b1', 'w2', 'b2'];
    const fn = ({ p, x, y }: { p: Tensors; x: tf.Tensor; y: tf.Tensor }) => {
      const outer = (...values: tf.Tensor[]) => {
        const parameters = Object.fromEntries(names.map((name, i) => [name, values[i] as tf.Tensor]));
        const inner = tf.grads((...v: tf.Tensor[]) =>
          loss(Object.fromEntries(names.map((name, i) => [name, v[i] as tf.Tensor])), x, y),
        )(values);
        const adapted = Object.fromEntries(
          names.map((name, i) => [
            name,
            (parameters[name] as tf.Tensor).sub((inner[i] as tf.Tensor).mul(0.1)),
          ]),
        );
        return loss(adapted, x, y);
      };
      return tf.grads(outer)(names.map((name) => p[name] as tf.Tensor));
    };
    await expectSame(fn as never, {
      p: { w1: host([1, 8], 1), b1: host([8], 2), w2: host([8, 1], 3), b2: host([1], 4) },
      x: host([10, 1], 5),
      y: host([10, 1], 6),
    });
  });
});
