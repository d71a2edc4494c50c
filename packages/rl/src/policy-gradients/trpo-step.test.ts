import { createRng } from '@tasklearn/core';
import { gradients, hvp, oneHot } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { categoricalActions } from '../policies/categorical-actions.js';
import { importanceWeightedLoss } from './policy-gradient-loss.js';
import { trpoStep } from './trpo-step.js';
import { weightedMean } from './weighted-mean.js';

beforeAll(() => tf.setBackend('cpu'));

const states = [0, 1, 1, 2, 0];
const actions = [0, 1, 0, 1, 1];
const start = [0.4, -0.2, 0.1, 0.3, -0.5, 0.2];

/** π of a table of logits at the five states: [1, 5]. */
const policyAt = (theta: Tensor) =>
  categoricalActions(tf.matMul(oneHot(tf.tensor1d(states, 'int32'), 3), theta.reshape([3, 2])).expandDims(0));

function region(theta: Tensor, old: Tensor, advantages: readonly number[]) {
  const [pi, before] = [policyAt(theta), policyAt(old)];
  const taken = tf.tensor(actions, [1, 5]);
  const batch = {
    logProbability: pi.logProbability(taken),
    advantages: tf.tensor(advantages as number[], [1, 5]),
  };
  return {
    loss: importanceWeightedLoss(batch, before.logProbability(taken)).asScalar(),
    divergence: weightedMean(before.divergence(pi)).asScalar(),
  };
}

function step(advantages: readonly number[], options = {}) {
  return tf.tidy(() => {
    const [theta, old] = [tf.tensor1d(start), tf.tensor1d(start)];
    const { theta: next, metrics } = trpoStep((at) => region(at, old, advantages), theta, options);
    const found = Object.fromEntries(
      Object.entries(metrics).map(([name, x]) => [name, x.dataSync()[0] as number]),
    );
    const after = region(next, old, advantages);
    return {
      next: [...next.dataSync()],
      metrics: found as Record<keyof typeof metrics, number>,
      loss: after.loss.dataSync()[0] as number,
      divergence: after.divergence.dataSync()[0] as number,
    };
  });
}

it('the Fisher product is the Hessian product of the divergence: diag π − π πᵀ by state', () => {
  const v = [1, -2, 0.5, 1, 3, -1];
  const found = tf.tidy(() => {
    const old = tf.tensor1d(start);
    return [
      ...hvp(
        ({ at }) => region(at, old, [0, 0, 0, 0, 0]).divergence,
        { at: tf.tensor1d(start) },
        { at: tf.tensor1d(v) },
      ).at.dataSync(),
    ];
  });
  for (let s = 0; s < 3; s += 1) {
    const share = states.filter((state) => state === s).length / 5;
    const [a, b] = [Math.exp(start[2 * s] as number), Math.exp(start[2 * s + 1] as number)];
    const [p, q] = [a / (a + b), b / (a + b)];
    const along = p * (v[2 * s] as number) + q * (v[2 * s + 1] as number);
    expect(found[2 * s]).toBeCloseTo(share * p * ((v[2 * s] as number) - along), 4);
    expect(found[2 * s + 1]).toBeCloseTo(share * q * ((v[2 * s + 1] as number) - along), 4);
  }
});

describe('trpoStep', () => {
  it('improves, and its divergence is what was allowed, but for the curvature of KL', () => {
    for (const advantages of [
      [1, -1, 0.5, 2, -0.3],
      [-3, 0.1, 0.1, -2, 4],
    ]) {
      const { metrics, loss, divergence } = step(advantages, { damping: 1e-3 });
      expect(loss).toBeLessThan(metrics.loss);
      expect(metrics.improvement).toBeCloseTo(metrics.loss - loss, 5);
      expect(divergence).toBeLessThanOrEqual(0.01 * 1.0001);
      expect(metrics.divergence).toBeCloseTo(divergence, 5);
      if (metrics.stepSize === 1) expect(divergence).toBeGreaterThan(0.007);
    }
  });
  it('the direction solves (F + c I) x = −∇L', () => {
    const advantages = [1, -1, 0.5, 2, -0.3];
    const { next, metrics } = step(advantages, { damping: 0.1, iterations: 6, maximumDivergence: 1e-4 });
    tf.tidy(() => {
      const old = tf.tensor1d(start);
      const at = { at: tf.tensor1d(start) };
      const g = gradients(({ at: x }) => region(x, old, advantages).loss, at).at;
      const x = tf.tensor1d(next).sub(old);
      const image = hvp(({ at: y }) => region(y, old, advantages).divergence, at, { at: x }).at.add(
        x.mul(0.1),
      );
      const cosine = tf.sum(image.mul(g)).div(tf.norm(image).mul(tf.norm(g)));
      expect(cosine.dataSync()[0]).toBeCloseTo(-1, 4);
    });
    expect(metrics.stepSize).toBe(1);
  });
  it('backtracks to the first fraction that is good', () => {
    // A loss whose minimum along the way lies near: full steps overshoot.
    const found = tf.tidy(() => {
      const { metrics, theta } = trpoStep(
        (at) => ({
          loss: tf.sum(tf.square(at.sub(0.02))).asScalar(),
          divergence: tf.sum(tf.square(at)).mul(0.5).asScalar(),
        }),
        tf.tensor1d([0]),
        { maximumDivergence: 0.5, damping: 0 },
      );
      return [metrics.stepSize.dataSync()[0] as number, theta.dataSync()[0] as number];
    });
    // The full step is 1; 2⁻⁵ = 0.03125 is the first to be nearer to 0.02 than 0 is.
    expect(found).toEqual([0.03125, 0.03125]);
  });
  it('stays where nothing is to be gained', () => {
    const { next, metrics } = step([0, 0, 0, 0, 0]);
    expect(next).toEqual(start.map(Math.fround));
    expect(metrics.stepSize).toBe(0);
    expect(metrics.divergence).toBe(0);
  });
  it('compiled = eager, in one call; no tensor is left', async () => {
    const before = tf.memory().numTensors;
    const advantages = [1, -1, 0.5, 2, -0.3];
    const prepared = compiledExecutor({ fallback: 'error', threads: 1 }).prepare(
      ({ theta }: { theta: Tensor }) => {
        const old = theta.add(0);
        return { theta: trpoStep((at) => region(at, old, advantages), theta).theta };
      },
    );
    const data = Float32Array.from(start);
    const { theta } = await prepared.run({ theta: { dtype: 'float32', shape: [6], data } }, createRng(0));
    step(advantages).next.forEach((x, i) => {
      expect(theta.data[i]).toBeCloseTo(x, 4);
    });
    prepared.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
