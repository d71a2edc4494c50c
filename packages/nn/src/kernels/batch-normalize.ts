import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { batchNormalizeImages } from './batch-normalize-kernels.js';
import { perTaskChannels } from './channels.js';
import { assertMaps } from './feature-maps.js';

/** What is learned in batch normalisation. */
export interface BatchNormalizeParameters {
  /** γ, [C] shared by all tasks, or [T, C]. */
  readonly gain: Tensor;
  /** β, [C] or [T, C]. */
  readonly bias: Tensor;
}

function assertParameter(name: string, value: Tensor, tasks: number, channels: number): void {
  const shape = value.shape.join();
  if (shape === `${channels}` || shape === `${tasks},${channels}`) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `batchNormalize: expected ${name} [${channels}] or [${tasks}, ${channels}], got [${value.shape}].`,
    { parameter: name, actual: value.shape },
  );
}

/** Throws `INVALID_OPTION` unless ε > 0. */
export function assertPositiveEpsilon(owner: string, epsilon: number): void {
  if (epsilon > 0) return;
  throw new TasklearnError('INVALID_OPTION', `${owner}: epsilon must be > 0, got ${epsilon}.`, {
    option: 'epsilon',
    value: epsilon,
  });
}

/**
 * Batch normalisation by the statistics of the batch itself, for each task alone: tasks never mix.
 *
 * y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² the mean and (biased) variance of x over B, H, W of one task and channel.
 *
 * Applied to a query set this is the transductive form: each prediction depends on the other queries.
 *
 * @param maps - x, [B, T, C, H, W], float32.
 * @param parameters - γ and β.
 * @param epsilon - ε > 0. Default 1e-5.
 * @returns [B, T, C, H, W]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` if the shapes do not fit; `INVALID_OPTION` if ε is not positive.
 *
 * @remarks Ioffe, Szegedy, 2015, arXiv:1502.03167. The variance is the mean square of x − μ, not E[x²] − μ², which
 * loses all digits where |μ| is far larger than σ.
 */
export function batchNormalize(maps: Tensor, parameters: BatchNormalizeParameters, epsilon = 1e-5): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('batchNormalize', maps);
  assertPositiveEpsilon('batchNormalize', epsilon);
  assertParameter('gain', parameters.gain, tasks, channels);
  assertParameter('bias', parameters.bias, tasks, channels);
  const images = maps.reshape([batch, tasks * channels, height, width]);
  const [gain, bias] = [perTaskChannels(parameters.gain, tasks), perTaskChannels(parameters.bias, tasks)];
  return batchNormalizeImages(images, gain, bias, epsilon).reshape(maps.shape);
}
