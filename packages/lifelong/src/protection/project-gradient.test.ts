import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { projectGradient } from './project-gradient.js';

const project = (gradient: number[], memories: number[][], margin = 0) => {
  const before = tf.memory().numTensors;
  let result: number[] = [];
  tf.tidy(() => {
    result = [...projectGradient(tf.tensor1d(gradient), tf.tensor2d(memories), margin).dataSync()];
  });
  expect(tf.memory().numTensors).toBe(before);
  return result;
};
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);

describe('projectGradient', () => {
  it('leaves a gradient alone that hurts no memory', () => {
    expect(
      project(
        [1, 2, 3],
        [
          [1, 0, 0],
          [0, 1, 1],
        ],
      ),
    ).toEqual([1, 2, 3]);
    expect(project([1, 2, 3], [[0, 0, 0]])).toEqual([1, 2, 3]);
    expect(
      project(
        [1, 2],
        [
          [1, 0],
          [0, 0],
        ],
        0.5,
      ),
    ).toEqual([1, 2]);
  });

  it('is the one-sided projection where one memory is hurt', () => {
    const [gradient, memory] = [
      [1, -2, 0.5],
      [3, 4, -1],
    ];
    const share = dot(gradient, memory) / dot(memory, memory);
    const result = project(gradient, [memory, [0, 0, 0]]);
    for (const [index, value] of result.entries())
      expect(value).toBeCloseTo((gradient[index] as number) - share * (memory[index] as number), 5);
  });

  it('is feasible, and moves along binding constraints alone, where many are hurt', () => {
    const rng = createRng(4);
    const row = () => Array.from({ length: 12 }, () => rng.gaussian());
    for (let round = 0; round < 5; round++) {
      const memories = Array.from({ length: 5 }, row);
      const gradient = row();
      const result = project(gradient, memories);
      const products = memories.map((memory) => dot(memory, result));
      for (const product of products) expect(product).toBeGreaterThan(-1e-3);
      // KKT: ⟨g̃ − g, g̃⟩ = Σ v_k ⟨g_k, g̃⟩ = 0, as v_k > 0 only where ⟨g_k, g̃⟩ = 0.
      expect(
        Math.abs(
          dot(
            result,
            result.map((value, index) => value - (gradient[index] as number)),
          ),
        ),
      ).toBeLessThan(1e-3 * dot(gradient, gradient));
    }
  });

  it('leans towards the memories with a margin', () => {
    const [gradient, memory] = [
      [1, -2],
      [0, 1],
    ];
    const [, second] = project(gradient, [memory], 0.5);
    expect(second).toBeCloseTo(0, 5); // v = 2 ≥ γ binds nothing.
    const [, lifted] = project([1, -0.1], [memory], 0.5);
    expect(lifted).toBeCloseTo(0.4, 5);
  });
});
