import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { conv2d, convolutionWindow, convolve } from './conv2d.js';
import { maxPool } from './pooling.js';
import type { Padding, SpatialWindow } from './spatial-window.js';

/** The window that meets only every second row and column of a convolution's result, from (row, column). */
function everySecond(window: SpatialWindow, row: 0 | 1, column: 0 | 1): SpatialWindow {
  const { inputSize, kernelSize, pads, outputSize } = window;
  const before = [pads[0] - row, pads[1] - column] as const;
  const size = outputSize.map((length) => Math.floor(length / 2)) as [number, number];
  const after = size.map((length, axis) =>
    Math.max(
      2 * (length - 1) +
        (kernelSize[axis] as number) -
        (inputSize[axis] as number) -
        (before[axis] as number),
      0,
    ),
  ) as [number, number];
  return { inputSize, kernelSize, strides: [2, 2], pads: [...before, ...after], outputSize: size };
}

/**
 * A convolution of stride 1 followed by 2x2 maximum pooling, maxPool(conv2d(x, k), { size: 2 }), as the maximum of four
 * convolutions of stride 2: the same multiplications, and neither the large maps nor the places of their maxima are ever
 * written. For kernels with few inputs, whose convolutions cost less than a pass over their result.
 *
 * @param maps - x, [B, T, C, H, W], float32.
 * @param kernel - k, [out, C, rows, columns] or [T, out, C, rows, columns].
 * @param padding - of the convolution. Default `'same'`.
 * @returns [B, T, out, ⌊H′/2⌋, ⌊W′/2⌋]. The caller disposes. Right to every order of derivative, which goes to the first
 * of equals as in `maxPool`.
 * @throws as `conv2d` and `maxPool` do.
 */
export function maxPooledConv2d(maps: Tensor, kernel: Tensor, padding: Padding = 'same'): Tensor {
  const window = convolutionWindow('maxPooledConv2d', maps, kernel, 1, padding);
  const fits = window.pads[0] > 0 && window.pads[1] > 0 && window.outputSize.every((length) => length > 1);
  if (!fits) return maxPool(conv2d(maps, kernel, { padding }), { size: 2 });
  const at = (row: 0 | 1, column: 0 | 1) => convolve(maps, kernel, everySecond(window, row, column));
  // Of equals, maximum takes its first operand: row by row.
  return tf.maximum(tf.maximum(at(0, 0), at(0, 1)), tf.maximum(at(1, 0), at(1, 1)));
}
