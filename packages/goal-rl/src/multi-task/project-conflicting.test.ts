import { createRng, fillNormal } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { projectConflicting } from './project-conflicting.js';

/** The paper's loop, in the order of the tasks. */
function loop(gradients: number[][]): number[] {
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, index) => sum + x * (b[index] as number), 0);
  const projected = gradients.map((gradient, i) => {
    let own = gradient;
    for (const [j, other] of gradients.entries()) {
      const inner = dot(own, other);
      if (i !== j && inner < 0)
        own = own.map((x, index) => x - (inner / dot(other, other)) * (other[index] as number));
    }
    return own;
  });
  return (gradients[0] as number[]).map(
    (_, index) => projected.reduce((sum, own) => sum + (own[index] as number), 0) / gradients.length,
  );
}

describe('projectConflicting', () => {
  it('is the loop of the paper', () => {
    const before = tf.memory().numTensors;
    for (let seed = 0; seed < 5; seed += 1) {
      const values = Array.from({ length: 4 }, (_, task) => [
        ...fillNormal(createRng(seed).split(task), new Float32Array(6)),
      ]);
      const result = tf.tidy(() => [...projectConflicting(tf.tensor2d(values)).dataSync()]);
      for (const [index, value] of loop(values).entries()) expect(result[index]).toBeCloseTo(value, 4);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is the mean where nothing conflicts', () => {
    const result = tf.tidy(() =>
      projectConflicting(
        tf.tensor2d([
          [1, 0],
          [1, 2],
        ]),
      ).arraySync(),
    );
    expect(result).toEqual([1, 1]);
  });
});
