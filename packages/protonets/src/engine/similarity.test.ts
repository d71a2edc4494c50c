import { createRng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosine, negativeSquaredEuclidean } from './similarity.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('metric');

function values(tensor: Tensor): number[] {
  return [...tensor.dataSync()];
}

function largestDifference(a: Tensor, b: Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
}

describe('negativeSquaredEuclidean', () => {
  const direct = (q: Tensor, c: Tensor) =>
    tf.neg(tf.sum(tf.square(tf.sub(tf.expandDims(q, 2), tf.expandDims(c, 1))), -1));

  it('is -25 for a 3-4-5 triangle', () => {
    const q = tf.tensor3d([[[3, 4]]]);
    const c = tf.tensor3d([
      [
        [0, 0],
        [3, 0],
      ],
    ]);
    expect(values(negativeSquaredEuclidean().compare(undefined, q, c))).toEqual([-25, -16]);
  });

  it('equals the direct form, also far from the origin where the plain expansion fails', () => {
    for (const offset of [0, 1000]) {
      const q = tf.add(rng.split('q').normal([2, 5, 8]), offset);
      const c = tf.add(rng.split('c').normal([2, 3, 8]), offset);
      const found = negativeSquaredEuclidean().compare(undefined, q, c);
      expect(largestDifference(found, direct(q, c))).toBeLessThan(1e-3);
    }
    const [q, c] = [
      tf.add(rng.split('q').normal([1, 5, 8]), 1000),
      tf.add(rng.split('c').normal([1, 3, 8]), 1000),
    ];
    const norms = (x: Tensor) => tf.sum(tf.square(x), -1, true);
    const plain = tf.sub(
      tf.sub(tf.mul(tf.matMul(q, c, false, true), 2), norms(q)),
      tf.transpose(norms(c), [0, 2, 1]),
    );
    expect(largestDifference(plain, direct(q, c))).toBeGreaterThan(0.1);
  });
});

describe('cosine', () => {
  it('is the scale for parallel vectors, 0 for orthogonal ones', () => {
    const q = tf.tensor3d([[[2, 0]]]);
    const c = tf.tensor3d([
      [
        [5, 0],
        [0, 3],
        [-1, 0],
      ],
    ]);
    const found = values(cosine(10).compare(undefined, q, c));
    expect(found.map((x) => Math.round(x * 1e4) / 1e4)).toEqual([10, 0, -10]);
  });

  it('has a finite gradient at zero', () => {
    const q = tf.zeros([1, 1, 2]);
    const slope = tf.grad((x) => cosine(1).compare(undefined, x, tf.ones([1, 1, 2])))(q);
    expect(values(slope).every(Number.isFinite)).toBe(true);
  });

  it('refuses a scale that is not > 0', () => {
    expect(() => cosine(0)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
