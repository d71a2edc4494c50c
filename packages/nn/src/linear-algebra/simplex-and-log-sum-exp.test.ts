import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { checkGradients } from '../gradients/check-gradients.js';
import { logSumExp } from './log-sum-exp.js';
import { projectToSimplex } from './project-to-simplex.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

describe('projectToSimplex', () => {
  it('by hand', () => {
    const points = () =>
      tf.tensor2d([
        [0.2, 0.3, 0.5],
        [5, 0, 0],
        [1, 1, -9],
        [0.6, 0.6, 0.3],
      ]);
    const expected = [0.2, 0.3, 0.5, 1, 0, 0, 0.5, 0.5, 0, 0.4333333, 0.4333333, 0.1333333];
    expectValues(
      valuesOf(() => projectToSimplex(points())),
      expected,
    );
  });
  it('is nearer than any other point of the simplex, and on it', () => {
    tf.tidy(() => {
      const v = random([20, 7], 1).mul(2);
      const p = projectToSimplex(v);
      expectValues([...p.sum(-1).dataSync()], Array(20).fill(1));
      expect(p.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
      // ⟨v − p, q − p⟩ ≤ 0 for every q of the simplex: its corners suffice.
      const corner = v
        .sub(p)
        .max(-1)
        .sub(tf.sum(v.sub(p).mul(p), -1));
      expect(corner.max().dataSync()[0]).toBeLessThan(1e-5);
    });
  });
  it('derivatives of first and second order', () => {
    tf.tidy(() => {
      const check = checkGradients(({ v }) => tf.square(projectToSimplex(v)), {
        v: tf.tensor2d([[0.9, 0.4, -2, 0.7]]),
      });
      expect(check).toMatchObject({ passed: true });
    });
  });
});

describe('logSumExp', () => {
  it('is right for numbers of any size, over any axis', () => {
    expectValues(
      valuesOf(() =>
        logSumExp(
          tf.tensor2d([
            [1000, 1000],
            [-1000, -1000],
          ]),
        ),
      ),
      [1000 + Math.LN2, -1000 + Math.LN2],
      3,
    );
    expectValues(
      valuesOf(() =>
        logSumExp(
          tf.tensor2d([
            [0, 1],
            [0, 3],
          ]),
          0,
        ),
      ),
      [Math.LN2, Math.log(Math.E + Math.E ** 3)],
    );
  });
  it('derivatives of first and second order, alone and beside its own input', () => {
    tf.tidy(() => {
      const tree = { x: random([3, 4], 1) };
      expect(checkGradients(({ x }) => logSumExp(x), tree)).toMatchObject({ passed: true });
      expect(checkGradients(({ x }) => logSumExp(x, 0).mul(tf.sum(x, 0)), tree)).toMatchObject({
        passed: true,
      });
    });
  });
});
