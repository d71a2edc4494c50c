import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../gradients/stop-gradient.js';
import { assertSquare } from './assert-square.js';

/** Steps after which the momentum starts again. */
const RESTART = 50;

/** How {@link boxQuadraticProgram} runs. */
export interface BoxQuadraticProgramOptions {
  /** Lower bound of every x: a number, or a tensor that broadcasts to [..., D]. Default 0. */
  readonly lower?: number | Tensor;
  /** Upper bound. Default none. */
  readonly upper?: number | Tensor;
  /** Static number of steps, >= 1. Default 200. */
  readonly iterations?: number;
  /** x₀, [..., D]. Default 0, moved into the box. */
  readonly start?: Tensor;
}

/** A bound on the largest eigenvalue: the largest absolute row sum, or Frobenius' norm if that is less, [..., 1]. */
function eigenvalueBound(matrix: Tensor): Tensor {
  const rows = tf.max(tf.sum(tf.abs(matrix), -1), -1, true);
  const frobenius = tf.sqrt(tf.sum(tf.sum(tf.square(matrix), -1), -1, true));
  return tf.minimum(rows, frobenius);
}

function asVector(matrix: Tensor, x: Tensor): Tensor {
  const [rank, size] = [x.rank, x.shape[x.rank - 1] as number];
  return tf.matMul(matrix, x.reshape([...x.shape.slice(0, rank - 1), size, 1])).reshape(x.shape);
}

/**
 * Minimises ½ xᵀ Q x + cᵀ x over a box, lower ≤ x ≤ upper, for a batch of positive definite Q: the dual of a support
 * vector machine, or of a projection onto linear constraints.
 *
 * Accelerated projected gradient, a fixed number of steps: x′ = clip(y − (Q y + c) / L), y = x′ + β (x′ − x), with L a
 * bound on the largest eigenvalue and Nesterov's β, started again every 50 steps so that strong convexity is used
 * without being known. Derivatives go through the steps; L takes none.
 *
 * @param matrix - Q, [..., D, D].
 * @param linear - c, [..., D].
 * @returns x, [..., D]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if Q is not square or c does not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { boxQuadraticProgram } from '@tasklearn/nn';
 *
 * // ½ (2 x² + y²) − 2x + 3y over x, y ≥ 0
 * boxQuadraticProgram(tf.tensor([[2, 0], [0, 1]]), tf.tensor([-2, 3])).arraySync(); // => [1, 0]
 * ```
 *
 * @see Beck, Teboulle. A Fast Iterative Shrinkage-Thresholding Algorithm. SIAM J. Imaging Sciences 2, 2009.
 * O'Donoghue, Candès. Adaptive Restart for Accelerated Gradient Schemes. 2015. arXiv:1204.3982.
 */
export function boxQuadraticProgram(
  matrix: Tensor,
  linear: Tensor,
  options: BoxQuadraticProgramOptions = {},
): Tensor {
  assertSquare('boxQuadraticProgram', matrix);
  if (linear.shape.join() !== matrix.shape.slice(0, -1).join()) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `boxQuadraticProgram: expected c [${matrix.shape.slice(0, -1)}] for Q [${matrix.shape}], got [${linear.shape}].`,
      { expected: matrix.shape.slice(0, -1), actual: linear.shape },
    );
  }
  const { lower = 0, upper, iterations = 200 } = options;
  const clip = (x: Tensor) => {
    const above = tf.maximum(x, lower);
    return upper === undefined ? above : tf.minimum(above, upper);
  };
  const rate = tf.div(1, stopGradient(eigenvalueBound(matrix))); // [..., 1]
  let x = clip(options.start ?? tf.zerosLike(linear));
  let y = x;
  let momentum = 1;
  for (let step = 0; step < iterations; step++) {
    const next = clip(y.sub(asVector(matrix, y).add(linear).mul(rate)));
    const following = (step + 1) % RESTART === 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const beta = (momentum - 1) / following;
    y = following === 1 || beta === 0 ? next : next.add(next.sub(x).mul(beta));
    x = next;
    momentum = following;
  }
  return x;
}
