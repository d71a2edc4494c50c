import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startEngineMeter } from './engine-meter.js';
import { measure } from './measure.js';
import { processMemory } from './process-memory.node.js';

describe('measure', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('counts kernels and the most bytes held at once, not the sum', async () => {
    const held = tf.memory();
    const { result, cost } = await measure(() =>
      tf.tidy(() => {
        const x = tf.ones([100]); // 400 bytes
        for (let step = 0; step < 5; step++) x.neg().dispose(); // 400 more, five times
        return x.sum().arraySync(); // 4 more
      }),
    );
    expect(result).toBe(100);
    expect(cost.peakTensorBytes).toBe(held.numBytes + 800);
    expect(cost.kernels).toBeGreaterThanOrEqual(6);
    expect(cost.milliseconds).toBeGreaterThan(0);
    expect(tf.memory()).toEqual(held);
  });

  it('grows with what is kept for the gradient', async () => {
    const steps = (count: number) =>
      measure(() =>
        tf.tidy(() =>
          tf
            .grad((x) =>
              Array.from({ length: count })
                .reduce<tf.Tensor>((y) => y.square(), x)
                .sum(),
            )(tf.ones([50]))
            .arraySync(),
        ),
      );
    const [few, many] = [await steps(2), await steps(8)];
    expect(many.cost.peakTensorBytes).toBeGreaterThanOrEqual(few.cost.peakTensorBytes + 6 * 200);
    expect(many.cost.kernels).toBeGreaterThan(few.cost.kernels);
  });

  it('leaves the engine as it was, also after an error', async () => {
    const { runKernel } = tf.engine();
    await expect(measure(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(tf.engine().runKernel).toBe(runKernel);
    expect(Object.getOwnPropertyDescriptor(tf.engine().state, 'numBytes')).toMatchObject({ writable: true });
  });

  it('counts for overlapping meters apart', () => {
    const x = tf.ones([10]);
    const outer = startEngineMeter();
    x.neg().dispose();
    const inner = startEngineMeter();
    x.neg().dispose();
    inner.stop();
    inner.stop();
    x.neg().dispose();
    outer.stop();
    x.neg().dispose();
    x.dispose();
    expect([outer.kernels, inner.kernels]).toEqual([3, 1]);
  });

  it('reads the memory of the process', async () => {
    const { cost, result } = await measure(() => new Uint8Array(300_000_000).fill(1), processMemory);
    expect(result.length).toBe(300_000_000);
    expect(cost.peakMemoryBytes).toBeGreaterThan(300_000_000);
    expect((await measure(() => 0)).cost.peakMemoryBytes).toBeUndefined();
  });
});
