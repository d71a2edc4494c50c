import { type ControlSpec, createRng, type HostTensor, unflattenTree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { fieldLayout, gradientStepper, parameterSpec } from '@tasklearn/rl';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { imitationBase } from './imitation-base.js';

const spec: ControlSpec = {
  observation: { shape: [4], dtype: 'float32' },
  action: { shape: [], dtype: 'int32', minimum: 0, maximum: 2 },
  horizon: 4,
  hasSuccess: false,
};

/** Which of four pairs of state and goal, and how often each action was taken there. */
const counts = [
  [6, 2, 0],
  [1, 1, 6],
  [0, 4, 4],
  [5, 0, 3],
];

describe('imitationBase', () => {
  it('learns the empirical P(a | s, g) where the network tells all pairs apart', async () => {
    const before = tf.memory().numTensors;
    const algorithm = imitationBase(spec, {
      hidden: [],
      contextSize: 0,
      discount: 0.9,
      learningRate: 0.1,
      actorLearningRate: 0.1,
      targetRate: 1,
      clipTargets: false,
    });
    const layout = fieldLayout({ observation: 4, action: 1, reward: 1, next: 4, discount: 1 });
    const rows = counts.flatMap((row, pair) =>
      row.flatMap((count, action) =>
        Array.from({ length: count }, () => {
          const shown = [0, 1, 2, 3].map((index) => (index === pair ? 1 : 0));
          return [...shown, action, 0, ...shown, 1];
        }),
      ),
    );
    const batch: HostTensor = {
      dtype: 'float32',
      shape: [1, 1, rows.length, layout.size],
      data: Float32Array.from(rows.flat()),
    };
    const executor = compiledExecutor({ threads: 1 });
    const stepper = gradientStepper({ algorithm, layout, executor, rng: createRng(0) });
    for (let step = 0; step < 400; step += 1)
      await stepper.run({ rows: batch, weights: batch }, createRng(step));
    const probabilities = tf.tidy(() => {
      const own = unflattenTree<Parameters>(
        tf.tensor1d(stepper.acting().data as Float32Array),
        parameterSpec(algorithm.policy.init),
      );
      return tf.softmax(algorithm.policy.apply(own, tf.eye(4).expandDims(0)).numbers).arraySync();
    }) as number[][][];
    for (const [pair, row] of counts.entries())
      for (const [action, count] of row.entries())
        expect(probabilities[0]?.[pair]?.[action]).toBeCloseTo(count / 8, 1);
    stepper.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
