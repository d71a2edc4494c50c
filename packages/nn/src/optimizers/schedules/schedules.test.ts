import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Schedule } from '../rate.js';
import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { exponentialDecay } from './exponential-decay.js';
import { slantedTriangular } from './slanted-triangular.js';
import { stepDecay } from './step-decay.js';
import { warmUp } from './warm-up.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function values(schedule: Schedule, steps: readonly number[]): number[] {
  const before = tf.memory().numTensors;
  const found = steps.map((step) =>
    tf.tidy(() => {
      const value = schedule(tf.scalar(step));
      expect(value.shape).toEqual([]);
      return value.dataSync()[0] as number;
    }),
  );
  expect(tf.memory().numTensors).toBe(before);
  return found;
}

function expectValues(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] as number, 5);
  });
}

describe('schedules', () => {
  it('constant', () => {
    expectValues(values(constant(0.3), [0, 1, 1e6]), [0.3, 0.3, 0.3]);
  });
  it('stepDecay drops exactly at multiples', () => {
    const halved = stepDecay({ initial: 1, every: 2000 });
    expectValues(values(halved, [0, 1999, 2000, 3999, 4000]), [1, 1, 0.5, 0.5, 0.25]);
    const thirds = values(stepDecay({ initial: 1, every: 3, factor: 0.1 }), [...Array(9).keys()]);
    expectValues(thirds, [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01]);
  });
  it('exponentialDecay', () => {
    expectValues(values(exponentialDecay({ initial: 2, factor: 0.5, every: 10 }), [0, 10, 20]), [2, 1, 0.5]);
  });
  it('cosine ends at its final value and stays', () => {
    const schedule = cosine({ initial: 1, final: 0.2, steps: 100 });
    expectValues(values(schedule, [0, 50, 100, 1000]), [1, 0.6, 0.2, 0.2]);
  });
  it('warmUp rises to the schedule after it', () => {
    expectValues(values(warmUp(4, constant(2)), [0, 1, 3, 4, 9]), [0.5, 1, 2, 2, 2]);
  });
  it('slantedTriangular: rise, peak, fall, floor', () => {
    const schedule = slantedTriangular({ peak: 0.32, steps: 100 });
    expectValues(values(schedule, [0, 5, 10, 55, 100, 200]), [0.01, 0.165, 0.32, 0.165, 0.01, 0.01]);
  });
});
