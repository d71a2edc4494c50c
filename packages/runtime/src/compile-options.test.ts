import { type HostTensor, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { floats, normal } from './__fixtures__/same-as-eager.js';
import { compile } from './compile.js';
import type { FallbackNotice } from './compile-options.js';
import type { Engine } from './engine/engine.js';

type One = { x: tf.Tensor };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('what cannot be recorded', () => {
  it('says which op read a value', async () => {
    const reads = compile(({ x }: One) => x.add((x.square().sum().arraySync() as number) > 1 ? 1 : 0));
    await expect(reads.run({ x: floats([1], 1) })).rejects.toMatchObject({
      code: 'NOT_RECORDABLE',
      details: { source: 'Sum' },
    });
  });

  it('lets constants be read', async () => {
    const compiled = compile(({ x }: One) => x.mul(tf.scalar(3).dataSync()[0] as number));
    const { data } = (await compiled.run({ x: floats([1], 2) })) as HostTensor;
    expect(data[0]).toBe(6);
    compiled.dispose();
  });

  it('runs eagerly where a kernel has no recorded form, and says so once', async () => {
    const notices: FallbackNotice[] = [];
    const fn = ({ x }: One) => tf.image.resizeBilinear(x as tf.Tensor4D, [2, 2]);
    const compiled = compile(fn, { name: 'resize', onFallback: (notice) => notices.push(notice) });
    const before = tf.memory().numTensors;
    for (let run = 0; run < 2; run++) {
      const { shape } = (await compiled.run({ x: normal([1, 4, 4, 1]) })) as HostTensor;
      expect(shape).toEqual([1, 2, 2, 1]);
    }
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ name: 'resize', kernel: 'ResizeBilinear' });
    expect(tf.memory().numTensors).toBe(before);
    const strict = compile(fn, { fallback: 'error' });
    await expect(strict.run({ x: normal([1, 4, 4, 1]) })).rejects.toMatchObject({
      code: 'NOT_RECORDABLE',
      details: { kernel: 'ResizeBilinear' },
    });
    compiled.dispose();
  });

  it('runs eagerly where the engine is absent, and throws what the function throws', async () => {
    const absent: Engine = {
      name: 'absent',
      load: async () => {
        throw new TasklearnError('BACKEND_UNAVAILABLE', 'absent');
      },
    };
    const notices: FallbackNotice[] = [];
    const options = { engine: absent, onFallback: (notice: FallbackNotice) => notices.push(notice) };
    const compiled = compile(({ x }: One) => x.add(1), options);
    const { data } = (await compiled.run({ x: floats([1], 2) })) as HostTensor;
    expect(data[0]).toBe(3);
    expect(notices).toHaveLength(1);
    const wrong = compile(({ x }: One) => x.reshape([7]), options);
    await expect(wrong.run({ x: floats([1], 2) })).rejects.toThrow(/must match/);
    compiled.dispose();
  });

  it('does not answer a wish for a graphics card with a processor', async () => {
    const compiled = compile(({ x }: One) => x, { provider: 'cuda' });
    await expect(compiled.run({ x: floats([1], 2) })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      details: { provider: 'cuda' },
    });
  });

  it('names the engine that is not installed', async () => {
    const compiled = compile(({ x }: One) => x, {
      engine: 'onnxruntime-nowhere' as never,
      fallback: 'error',
    });
    await expect(compiled.run({ x: floats([1], 2) })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      details: { engine: 'onnxruntime-nowhere' },
    });
  });
});
