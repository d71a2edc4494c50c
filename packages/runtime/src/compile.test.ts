import { createRng, type HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameAsEager, floats, normal } from './__fixtures__/same-as-eager.js';
import { compile } from './compile.js';
import { compiledExecutor } from './compiled-executor.js';
import type { Value } from './record/graph.js';
import { registerKernel, runKernel } from './register-kernel.js';

type One = { x: tf.Tensor };
type Parameters = Readonly<Record<'w1' | 'b1' | 'w2' | 'b2', tf.Tensor>>;

const names = ['w1', 'b1', 'w2', 'b2'] as const;

function named(tensors: readonly tf.Tensor[]): Parameters {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]])) as Parameters;
}

/** Loss of a network with one hidden layer. */
function loss({ w1, b1, w2, b2 }: Parameters, x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const hidden = tf.relu(tf.matMul(x, w1).add(b1)); // [B, hidden]
  return tf.matMul(hidden, w2).add(b2).sub(y).square().mean();
}

/** Gradient of the loss after one gradient step: a derivative through a derivative. */
function metaGradient({ p, x, y }: { p: Parameters; x: tf.Tensor; y: tf.Tensor }): tf.Tensor[] {
  const adaptedLoss = (...values: tf.Tensor[]) => {
    const inner = tf.grads((...leaves: tf.Tensor[]) => loss(named(leaves), x, y))(values);
    return loss(named(values.map((value, index) => value.sub((inner[index] as tf.Tensor).mul(0.1)))), x, y);
  };
  return tf.grads(adaptedLoss)(names.map((name) => p[name]));
}

const network = {
  p: { w1: normal([1, 8], 1), b1: normal([8], 2), w2: normal([8, 1], 3), b2: normal([1], 4) },
  x: normal([10, 1], 5),
  y: normal([10, 1], 6),
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('compile', () => {
  it('computes what the function computes', async () => {
    const compiled = compile(({ x }: One) => ({ y: x.mul(2).add(1) }));
    const { y } = await compiled.run({ x: floats([2], 1, 2) });
    expect([...y.data]).toEqual([3, 5]);
    compiled.dispose();
  });

  it('takes derivatives of derivatives', async () => {
    await expectSameAsEager(metaGradient as never, network);
    await expectSameAsEager(metaGradient as never, network, { simplify: false });
  });

  it('leaves no tensor behind and the backend as it was', async () => {
    const before = tf.memory().numTensors;
    const compiled = compile(metaGradient);
    await compiled.run(network as never);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    const broken = compile(({ x }: One) => tf.grad((z) => tf.tensor1d([...z.square().dataSync()]))(x));
    await expect(broken.run({ x: floats([2], 1, 2) })).rejects.toMatchObject({ code: 'NOT_RECORDABLE' });
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    compiled.dispose();
  });

  it('records once per shape, not once per run', async () => {
    let calls = 0;
    const compiled = compile(({ x }: One) => {
      calls++;
      return x.add(1);
    });
    await compiled.run({ x: floats([2], 1, 2) });
    await compiled.run({ x: floats([2], 3, 4) });
    expect(calls).toBe(1);
    const other = (await compiled.run({ x: floats([1], 5) })) as HostTensor;
    await compiled.run({ x: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } });
    expect(calls).toBe(3);
    expect([...other.data]).toEqual([6]);
    compiled.dispose();
  });

  it('forgets the shape used longest ago when there are very many', async () => {
    let calls = 0;
    const compiled = compile(({ x }: One) => {
      calls++;
      return x.add(1);
    });
    const zeros = (length: number) =>
      ({ dtype: 'float32', shape: [length], data: new Float32Array(length) }) as const;
    for (let length = 1; length <= 65; length++) await compiled.run({ x: zeros(length) });
    await compiled.run({ x: zeros(2) });
    expect(calls).toBe(65);
    const { shape } = (await compiled.run({ x: zeros(1) })) as HostTensor;
    expect([calls, shape]).toEqual([66, [1]]);
    compiled.dispose();
  });

  it('tells inputs apart by structure, and takes keys in any order', async () => {
    const compiled = compile((input: Readonly<Record<string, tf.Tensor>>) =>
      Object.values(input).reduce((sum, value) => sum.mul(10).add(value)),
    );
    const [one, two, three] = [1, 2, 3].map((number) => floats([], number)) as [
      HostTensor,
      HostTensor,
      HostTensor,
    ];
    const digits = async (input: Record<string, HostTensor>) =>
      ((await compiled.run(input)) as HostTensor).data[0];
    expect(await digits({ 9: one, 10: two })).toBe(await digits({ 10: two, 9: one }));
    expect(await digits({ a: one, b: two })).toBe(12);
    expect(await digits({ b: two, a: one })).toBe(12);
    expect(await digits({ a: one, b: two, c: three })).toBe(123);
    expect(await digits({ a: one, c: two })).toBe(12);
    expect(await digits([one, two] as never)).toBe(12);
    expect(await digits({ a: one, b: two, c: undefined } as never)).toBe(12);
    compiled.dispose();
  });

  it('takes tensors and host tensors together, and disposes neither', async () => {
    const compiled = compile(({ x, y }: { x: tf.Tensor; y: tf.Tensor }) => x.mul(y));
    const x = tf.tensor1d([1, 2]);
    const product = (await compiled.run({ x, y: floats([2], 3, 4) })) as HostTensor;
    expect([...product.data]).toEqual([3, 8]);
    expect(x.isDisposed).toBe(false);
    x.dispose();
    compiled.dispose();
  });

  it('ignores unused inputs and takes trees without leaves', async () => {
    const compiled = compile(({ x }: { x: tf.Tensor; unused: tf.Tensor }) => ({ y: x.add(1), nothing: {} }));
    const { y } = await compiled.run({ x: floats([1], 1), unused: floats([3], 0, 0, 0) });
    expect([...y.data]).toEqual([2]);
    const constant = compile((_: Record<string, never>) => [tf.tensor1d([1, 2])]);
    const [first] = await constant.run({});
    expect([...first!.data]).toEqual([1, 2]);
    compiled.dispose();
    constant.dispose();
  });

  it('answers overlapping calls each with its own numbers', async () => {
    const compiled = compile(({ x }: One) => x.mul(x));
    const runs = [1, 2, 3, 4].map((number) => compiled.run({ x: floats([1], number) }));
    const results = (await Promise.all(runs)) as unknown as HostTensor[];
    expect(results.map(({ data }) => data[0])).toEqual([1, 4, 9, 16]);
    compiled.dispose();
  });

  it('refuses to run once disposed; disposing twice is harmless', async () => {
    const compiled = compile(({ x }: One) => x.mul(x));
    const running = compiled.run({ x: floats([1], 3) });
    await running;
    compiled.dispose();
    compiled.dispose();
    await expect(compiled.run({ x: floats([1], 3) })).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('names the leaf that is no tensor', async () => {
    const compiled = compile(({ x }: One) => x.mul(x));
    await expect(compiled.run({ x: 3 } as never)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      details: { path: 'x' },
    });
    const number = compile(() => ({ loss: 3 }) as never);
    await expect(number.run({} as never)).rejects.toMatchObject({
      code: 'NOT_RECORDABLE',
      details: { path: 'loss' },
    });
  });
});

describe('kernels of our own', () => {
  it('are recorded by their record', async () => {
    registerKernel({
      name: 'TestSplitSigns',
      record: (graph, { x }: Record<'x', Value>) => [graph.add('Relu', [x], x), graph.add('Neg', [x], x)],
      eager: ({ x }) => [tf.relu(x), tf.neg(x)],
    });
    const fn = ({ x }: One) => runKernel('TestSplitSigns', { x }) as tf.Tensor[];
    await expectSameAsEager(fn, { x: normal([4]) });
  });
});

describe('compiledExecutor', () => {
  it('prepares functions that run natively', async () => {
    const executor = compiledExecutor({ fallback: 'error' });
    expect(executor.name).toBe('compiled (onnxruntime-node, cpu)');
    const prepared = executor.prepare(({ x }: One, rng) => ({ y: x.add(rng.uniform([2])) }), {
      name: 'noisy',
    });
    const input = { x: floats([2], 1, 2) };
    const [first, second] = [
      await prepared.run(input, createRng(1)),
      await prepared.run(input, createRng(1)),
    ];
    expect([...first.y.data]).toEqual([...second.y.data]);
    prepared.dispose();
    prepared.dispose();
    await expect(prepared.run(input, createRng(1))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
