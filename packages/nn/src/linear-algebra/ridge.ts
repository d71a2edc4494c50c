import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { choleskySolve } from './cholesky-solve.js';

/** How {@link ridge} solves. */
export interface RidgeOptions {
  /**
   * `primal` inverts a matrix of the features, [D, D]; `dual` one of the items, [S, S], by Woodbury's identity.
   * Default: the smaller.
   */
  readonly form?: 'primal' | 'dual';
  /** 0/1, [T, S], 1 where the item counts. */
  readonly mask?: Tensor;
}

function assertItems(features: Tensor, targets: Tensor): void {
  if (
    features.rank === 3 &&
    targets.rank === 3 &&
    features.shape[0] === targets.shape[0] &&
    features.shape[1] === targets.shape[1]
  )
    return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `ridge: expected features [T, S, D] and targets [T, S, C], got [${features.shape}] and [${targets.shape}].`,
    { features: features.shape, targets: targets.shape },
  );
}

/** λ I, [size, size], or [T, size, size] where λ is per task. */
function scaledIdentity(regularization: Tensor | number, size: number): Tensor {
  const identity = tf.eye(size);
  if (typeof regularization === 'number') return identity.mul(regularization);
  return identity.mul(
    regularization.rank === 1 ? regularization.reshape([regularization.size, 1, 1]) : regularization,
  );
}

/**
 * Ridge regression, one problem per task: W = argmin ‖X W − Y‖² + λ ‖W‖².
 *
 * Primal: W = (XᵀX + λI)⁻¹ XᵀY. Dual, for fewer items than features: W = Xᵀ (XXᵀ + λI)⁻¹ Y. Both are the same W, and
 * right to every order in X, Y and λ. Append a column of ones to X for a bias.
 *
 * @param features - X, [T, S, D].
 * @param targets - Y, [T, S, C].
 * @param regularization - λ > 0: a number, [] or [T].
 * @returns W, [T, D, C]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if X and Y do not fit.
 * @see Bertinetto, Henriques, Torr, Vedaldi. Meta-learning with differentiable closed-form solvers. ICLR 2019, eq. 5-6.
 * arXiv:1805.08136.
 */
export function ridge(
  features: Tensor,
  targets: Tensor,
  regularization: Tensor | number,
  options: RidgeOptions = {},
): Tensor {
  assertItems(features, targets);
  const [tasks, items, size] = features.shape as [number, number, number];
  // An item that counts nothing is a row of zeros: it adds nothing to either form.
  const x = options.mask === undefined ? features : features.mul(options.mask.reshape([tasks, items, 1]));
  const form = options.form ?? (items < size ? 'dual' : 'primal');
  if (form === 'dual') {
    const gram = tf.matMul(x, x, false, true).add(scaledIdentity(regularization, items)); // [T, S, S]
    return tf.matMul(x, choleskySolve(gram, targets), true, false); // [T, D, C]
  }
  const covariance = tf.matMul(x, x, true, false).add(scaledIdentity(regularization, size)); // [T, D, D]
  return choleskySolve(covariance, tf.matMul(x, targets, true, false)); // [T, D, C]
}
