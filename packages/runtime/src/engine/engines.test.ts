import type { HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameAsEager, floats, integers, normal } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';
import { encodeModel } from '../onnx/encode-model.js';
import { estimateWork } from './estimate-work.js';
import { findEngine } from './find-engine.js';

type Layer = Record<'x' | 'w' | 'b', tf.Tensor>;

/** A layer with its gradients: transposed products, reductions, masks, scatters. */
function layerWithGradients({ x, w, b }: Layer): tf.Tensor[] {
  const loss = (weight: tf.Tensor, bias: tf.Tensor) =>
    tf.relu(tf.matMul(x, weight).add(bias)).softmax().log().mean() as tf.Scalar;
  return [tf.matMul(x, w), ...tf.grads(loss)([w, b]), tf.argMax(x, 1), tf.cumsum(x, 1)];
}

const input = { x: normal([6, 5]), w: normal([5, 4], 1), b: normal([4], 2) };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(['onnxruntime-node', 'onnxruntime-web'] as const)('%s', (engine) => {
  it('computes what TensorFlow.js computes', async () => {
    await expectSameAsEager(layerWithGradients as never, input, { engine });
    const mixed = ({ x, i }: Record<'x' | 'i', tf.Tensor>) => ({
      table: tf.gather(x, i as tf.Tensor1D),
      hot: tf.oneHot(i, 4),
      even: tf.equal(tf.mod(i, tf.scalar(2, 'int32')), tf.scalar(0, 'int32')),
    });
    await expectSameAsEager(mixed as never, { x: normal([4, 3]), i: integers([5], 0, 3) }, { engine });
  });

  it('says that a run failed, and goes on', async () => {
    const compiled = compile(({ x, i }: Record<'x' | 'i', tf.Tensor>) => tf.gather(x, i as tf.Tensor1D), {
      engine,
    });
    const index = (value: number): HostTensor => ({ dtype: 'int32', shape: [1], data: Int32Array.of(value) });
    const x = floats([2], 5, 6);
    await expect(compiled.run({ x, i: index(9) })).rejects.toMatchObject({
      code: '@tasklearn/runtime:RUN_FAILED',
      details: { engine },
    });
    const { data } = (await compiled.run({ x, i: index(1) })) as HostTensor;
    expect([...data]).toEqual([6]);
    compiled.dispose();
  });

  it('finishes runs that are under way when it is disposed', async () => {
    const compiled = compile(({ x }: { x: tf.Tensor }) => x.add(1), { engine });
    await compiled.run({ x: floats([1], 0) });
    const running = [1, 2, 3].map((number) => compiled.run({ x: floats([1], number) }));
    await Promise.resolve();
    compiled.dispose();
    const settled = await Promise.allSettled(running);
    for (const [index, result] of settled.entries()) {
      if (result.status === 'fulfilled') expect((result.value as HostTensor).data[0]).toBe(index + 2);
      else expect(result.reason).toMatchObject({ code: 'DISPOSED' });
    }
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
  });

  it('refuses what is no model', async () => {
    const loaded = (await findEngine(engine)).load(new Uint8Array([1, 2, 3]));
    await expect(loaded).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', details: { engine } });
  });
});

describe('sessions', () => {
  it('keep their own results when disposed twice', async () => {
    const compiled = compile(({ x }: { x: tf.Tensor }) => ({ y: x.neg() }));
    const model = encodeModel(compiled.graph({ x: floats([2], 1, 2) }).graph);
    const session = await (await findEngine()).load(model, { threads: 1 });
    const { 'out:y': y } = await session.run({ 'in:x': floats([2], 1, 2) });
    await session.dispose();
    await session.dispose();
    expect([...(y as HostTensor).data]).toEqual([-1, -2]);
    await expect(session.run({ 'in:x': floats([2], 1, 2) })).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('get one thread for many small operators and all cores for large ones', () => {
    const graphOf = (size: number) => {
      const compiled = compile(({ x }: { x: tf.Tensor }) => tf.matMul(x, x, false, true));
      return compiled.graph({ x: { dtype: 'float32', shape: [size, size], data: new Float32Array(0) } });
    };
    expect(estimateWork(graphOf(100).graph)).toEqual({ total: 1e6, large: 0 });
    expect(estimateWork(graphOf(200).graph)).toEqual({ total: 8e6, large: 8e6 });
    expect([graphOf(100).threads, graphOf(200).threads]).toEqual([1, undefined]);
  });
});
