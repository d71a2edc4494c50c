import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

/** M Mᵀ / D + I/2. */
function positiveDefinite(m: Tensor | undefined): Tensor {
  const given = m as Tensor;
  const size = given.shape[given.rank - 1] as number;
  return tf.matMul(given, given, false, true).div(size).add(tf.eye(size).mul(0.5));
}

function product(matrix: Tensor): (v: Tensor) => Tensor {
  return (v) => tf.matMul(matrix, v.reshape([...v.shape, 1])).reshape(v.shape);
}

/** Linear algebra. */
export const linearAlgebra: readonly ExportedFunction[] = [
  {
    name: 'cholesky',
    operands: [[2, 3, 3]],
    order: 2,
    apply: ([m]) => nn.cholesky(positiveDefinite(m)),
  },
  {
    name: 'triangularSolve',
    operands: [
      [2, 3, 3],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([m, b]) => nn.triangularSolve(nn.cholesky(positiveDefinite(m)), b as Tensor),
  },
  {
    name: 'triangularSolve, transposed',
    covers: ['triangularSolve'],
    operands: [
      [2, 3, 3],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([m, b]) =>
      nn.triangularSolve(nn.cholesky(positiveDefinite(m)), b as Tensor, { transposed: true }),
  },
  {
    name: 'choleskySolve',
    operands: [
      [2, 3, 3],
      [2, 3, 2],
    ],
    order: 2,
    apply: ([m, b]) => nn.choleskySolve(positiveDefinite(m), b as Tensor),
  },
  ...(['primal', 'dual'] as const).map(
    (form): ExportedFunction => ({
      name: `ridge, ${form}`,
      covers: ['ridge'],
      operands: [[2, 4, 3], [2, 4, 2], { shape: [2], domain: 'positive' }],
      order: 2,
      apply: ([x, y, lambda]) => nn.ridge(x as Tensor, y as Tensor, lambda as Tensor, { form }),
    }),
  ),
  {
    name: 'conditionRegression, predictRegression',
    covers: ['conditionRegression', 'predictRegression'],
    operands: [
      [2, 3, 3],
      [2, 4, 3],
      [2, 4, 2],
    ],
    order: 2,
    apply: ([m, features, targets]) => {
      const precision = positiveDefinite(m);
      const projection = tf.zeros([2, 3, 2]);
      const belief = nn.conditionRegression({ precision, projection }, features as Tensor, targets as Tensor);
      const { mean, scale } = nn.predictRegression(belief, features as Tensor);
      return tf.concat([mean, scale], 2);
    },
  },
  {
    name: 'regressionFilter, observeItem',
    covers: ['regressionFilter', 'observeItem'],
    operands: [
      [2, 3, 3],
      [2, 1, 3],
      [2, 1, 2],
    ],
    order: 2,
    apply: ([m, feature, target]) => {
      const precision = positiveDefinite(m);
      const filter = nn.regressionFilter({ precision, projection: tf.ones([2, 3, 2]) });
      const { covariance, weights, expected } = nn.observeItem(filter, feature as Tensor, target as Tensor);
      return tf.concat([covariance, weights, tf.matMul(weights, expected.mean, false, true)], 2);
    },
  },
  {
    name: 'conjugateGradient',
    operands: [
      [2, 3, 3],
      [2, 3],
      [2, 3],
    ],
    order: 2,
    apply: ([m, b, start]) =>
      nn.conjugateGradient(product(positiveDefinite(m)), b as Tensor, {
        iterations: 2,
        start: start as Tensor,
      }),
  },
  {
    name: 'powerIteration',
    operands: [[2, 3, 3]],
    order: 2,
    apply: ([m]) =>
      nn.powerIteration(
        product(positiveDefinite(m)),
        tf.tensor2d([
          [1, 0.5, -0.2],
          [0.3, 1, 0.1],
        ]),
        3,
      ).value,
  },
  {
    name: 'boxQuadraticProgram',
    operands: [[2, 3, 3]],
    order: 1,
    apply: ([m]) => {
      // The step length takes no derivative: exact at the solution only, so many steps.
      const linear = tf.tensor2d([
        [-1, 0.5, 1],
        [-0.3, -0.8, 0.7],
      ]);
      return nn.boxQuadraticProgram(positiveDefinite(m), linear, { upper: 5, iterations: 60 });
    },
  },
  {
    name: 'projectToSimplex',
    operands: [{ shape: [2, 4], domain: 'distinct' }],
    order: 2,
    apply: ([v]) => nn.projectToSimplex(v as Tensor),
  },
  {
    name: 'logSumExp',
    operands: [[2, 3, 4]],
    order: 2,
    apply: ([x]) => nn.logSumExp(x as Tensor, 1),
  },
];
