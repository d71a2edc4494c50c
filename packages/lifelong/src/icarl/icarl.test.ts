import { createRng } from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { herd } from './herd.js';
import { icarlLoss } from './icarl-steps.js';

describe('herd', () => {
  const rng = createRng(0);
  const points = Array.from({ length: 12 }, () => Float32Array.of(rng.gaussian(), rng.gaussian()));
  const meanOf = (rows: readonly Float32Array[]) =>
    [0, 1].map((axis) => rows.reduce((sum, row) => sum + (row[axis] as number), 0) / rows.length);

  it('takes the point nearest to the mean first, and every prefix is the choice for its length', () => {
    const mean = meanOf(points);
    const distances = points.map((row) =>
      Math.hypot((row[0] as number) - (mean[0] as number), (row[1] as number) - (mean[1] as number)),
    );
    const order = herd(points, 12);
    expect(order[0]).toBe(distances.indexOf(Math.min(...distances)));
    for (const count of [1, 5, 9]) expect(herd(points, count)).toEqual(order.slice(0, count));
  });

  it('takes every point once, so that all of them reproduce the mean', () => {
    const order = herd(points, 99);
    expect([...order].sort((a, b) => a - b)).toEqual(points.map((_, index) => index));
  });

  it('keeps nearer to the mean than the first points do', () => {
    const gap = (rows: readonly Float32Array[]) =>
      Math.hypot(...meanOf(rows).map((value, axis) => value - (meanOf(points)[axis] as number)));
    expect(gap(herd(points, 4).map((place) => points[place] as Float32Array))).toBeLessThan(
      gap(points.slice(0, 4)),
    );
  });
});

describe('icarlLoss', () => {
  it('pulls nothing where the network is the old one and all classes are old, and nothing towards classes not met', () => {
    const batch = { targets: tf.tensor2d([[1]], [1, 1], 'int32'), mask: tf.ones([1, 1]) };
    const outputs = tf.tensor3d([[[0.3, -1, 2]]]);
    const slope = (old: number[], met: number[]) =>
      [
        ...valueAndGradients(
          (z: tf.Tensor) => icarlLoss(z, outputs, batch, tf.tensor1d(old), tf.tensor1d(met)),
          outputs as tf.Tensor,
        ).gradients.dataSync(),
      ] as [number, number, number];
    for (const value of slope([1, 1, 1], [1, 1, 1])) expect(value).toBeCloseTo(0, 6);
    const [first, second, third] = slope([1, 0, 0], [1, 1, 0]);
    expect(first).toBeCloseTo(0, 6);
    expect(second).toBeCloseTo(1 / (1 + Math.exp(1)) - 1, 5);
    expect(third).toBeCloseTo(0, 6);
  });
});
