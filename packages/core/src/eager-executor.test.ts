import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { eagerExecutor } from './eager-executor.js';
import { createRng } from './randomness/create-rng.js';
import { fillNormal } from './randomness/fill-normal.js';

const x = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;

describe('eagerExecutor', () => {
  it('is named for the backend in use', () => {
    const executor = eagerExecutor();
    tf.scalar(0).dispose();
    expect(executor.name).toBe('eager (cpu)');
  });

  it('runs the function and leaves no tensor behind', async () => {
    const prepared = eagerExecutor().prepare((input: { x: Tensor }, rng) => {
      const unused = tf.exp(input.x);
      return { same: input.x, noisy: [tf.add(tf.mul(unused, 0), rng.split('noise').normal([2]))] };
    });
    const before = tf.memory().numTensors;
    for (let run = 0; run < 2; run++) {
      const output = await prepared.run({ x }, createRng(4));
      expect(output.same).toEqual(x);
      expect(output.noisy[0]?.data).toEqual(fillNormal(createRng(4).split('noise'), new Float32Array(2)));
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves no tensor behind when the function throws', async () => {
    const prepared = eagerExecutor().prepare((input: { x: Tensor }) => {
      tf.exp(input.x);
      throw new Error('broken');
    });
    const before = tf.memory().numTensors;
    await expect(prepared.run({ x }, createRng(0))).rejects.toThrow('broken');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to run once disposed; disposing twice is harmless', async () => {
    const prepared = eagerExecutor().prepare((input: { x: Tensor }) => input, { name: 'identity' });
    prepared.dispose();
    prepared.dispose();
    await expect(prepared.run({ x }, createRng(0))).rejects.toMatchObject({
      code: 'DISPOSED',
      details: { name: 'identity' },
    });
  });
});
