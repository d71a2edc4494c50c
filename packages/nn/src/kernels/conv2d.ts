import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { assertMaps } from './feature-maps.js';
import { groupedConv2d } from './grouped-conv2d.js';
import { type Padding, type Size, type SpatialWindow, spatialWindow, toSize } from './spatial-window.js';

/** How a kernel moves over the image. */
export interface Conv2dOptions {
  /** Steps between windows, >= 1, for both axes or [rows, columns]. Default 1. */
  readonly strides?: number | Size;
  /** Default `'same'`. */
  readonly padding?: Padding;
}

function assertKernel(owner: string, maps: Tensor, kernel: Tensor): void {
  const [, tasks, channels] = maps.shape;
  const perTask = kernel.rank === 5;
  const fits =
    (kernel.rank === 4 || (perTask && kernel.shape[0] === tasks)) &&
    kernel.shape[perTask ? 2 : 1] === channels;
  if (fits) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${owner}: for maps [B, T, C, H, W] = [${maps.shape}] expected a kernel [out, ${channels}, rows, columns] or ` +
      `[${tasks}, out, ${channels}, rows, columns], got [${kernel.shape}].`,
    { maps: maps.shape, kernel: kernel.shape },
  );
}

/**
 * Two-dimensional cross-correlation with one kernel for all tasks or one for each.
 *
 * y[b, t, o, i, j] = Σ_{c, u, v} x[b, t, c, s·i + u − p, s·j + v − p] k[t, o, c, u, v]
 *
 * @param maps - [B, T, C, H, W], float32.
 * @param kernel - [out, C, rows, columns], or [T, out, C, rows, columns].
 * @param options - strides and padding.
 * @returns [B, T, out, H′, W′]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` if maps and kernel do not fit; `INVALID_OPTION` for strides or padding out of range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { conv2d } from '@tasklearn/nn';
 *
 * const maps = tf.ones([1, 1, 1, 3, 3]);
 * const sums = conv2d(maps, tf.ones([1, 1, 3, 3]));
 * sums.shape; // => [1, 1, 1, 3, 3]
 * sums.dataSync()[4]; // => 9
 * ```
 */
export function conv2d(maps: Tensor, kernel: Tensor, options: Conv2dOptions = {}): Tensor {
  const { strides = 1, padding = 'same' } = options;
  return convolve(maps, kernel, convolutionWindow('conv2d', maps, kernel, strides, padding));
}

/** How a kernel moves over feature maps; throws as {@link conv2d} does. */
export function convolutionWindow(
  owner: string,
  maps: Tensor,
  kernel: Tensor,
  strides: number | Size,
  padding: Padding,
): SpatialWindow {
  const [, , , height, width] = assertMaps(owner, maps);
  assertKernel(owner, maps, kernel);
  const [rows, columns] = kernel.shape.slice(-2) as [number, number];
  return spatialWindow(owner, [height, width], [rows, columns], toSize(strides), padding);
}

/** {@link conv2d} with its window resolved. */
export function convolve(maps: Tensor, kernel: Tensor, window: SpatialWindow): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('conv2d', maps);
  const perTask = kernel.rank === 5;
  const [outputs, , rows, columns] = kernel.shape.slice(-4) as [number, number, number, number];
  const groups = perTask ? tasks : 1;
  const x = perTask
    ? maps.reshape([batch, tasks * channels, height, width])
    : maps.reshape([batch * tasks, channels, height, width]);
  const filter = perTask ? kernel.reshape([tasks * outputs, channels, rows, columns]) : kernel;
  return groupedConv2d(x, filter, { ...window, groups }).reshape([
    batch,
    tasks,
    outputs,
    ...window.outputSize,
  ]);
}
