import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { SpatialWindow } from './spatial-window.js';

/** Every (row, column) inside a window, row by row. */
function offsets({ kernelSize: [rows, columns] }: SpatialWindow): [number, number][] {
  return Array.from({ length: rows * columns }, (_, index) => [Math.floor(index / columns), index % columns]);
}

/**
 * What each window sees.
 *
 * @param images - [N, C, H, W].
 * @param outside - the value of padding.
 * @returns [N, C, H′, W′, rows·columns].
 */
export function windowsOf(images: Tensor, window: SpatialWindow, outside: number): Tensor {
  const [top, left, bottom, right] = window.pads;
  const [height, width] = window.outputSize;
  const [down, across] = window.strides;
  const [batch, channels] = images.shape as [number, number];
  const flat = images.reshape([batch * channels, ...window.inputSize]) as Tensor3D;
  const padded = tf.pad(
    flat,
    [
      [0, 0],
      [top, bottom],
      [left, right],
    ],
    outside,
  );
  const taps = offsets(window).map(([row, column]) =>
    tf.stridedSlice(
      padded,
      [0, row, column],
      [batch * channels, row + (height - 1) * down + 1, column + (width - 1) * across + 1],
      [1, down, across],
    ),
  );
  return tf.stack(taps, 3).reshape([batch, channels, height, width, taps.length]);
}

/** Spreads [N, H′, W′] by the strides, its first element at (row, column) of an image of `size`. */
function place(
  tap: Tensor,
  row: number,
  column: number,
  window: SpatialWindow,
  size: readonly number[],
): Tensor {
  const [count, height, width] = tap.shape as [number, number, number];
  const [down, across] = window.strides;
  const gaps: [number, number][] = [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
  ];
  const spread = tf.pad(tap.reshape([count, height, 1, width, 1]), gaps);
  const reach: [number, number, number] = [count, (height - 1) * down + 1, (width - 1) * across + 1];
  const cut = tf.slice(spread.reshape([count, height * down, width * across]) as Tensor3D, [0, 0, 0], reach);
  const rest = [(size[0] as number) - row - reach[1], (size[1] as number) - column - reach[2]];
  return tf.pad(cut, [
    [0, 0],
    [row, rest[0] as number],
    [column, rest[1] as number],
  ]);
}

/**
 * The adjoint of {@link windowsOf} with zeros outside: adds what each window holds to where it came from.
 *
 * @param windows - [N, C, H′, W′, rows·columns].
 * @returns [N, C, H, W].
 */
export function addWindows(windows: Tensor, window: SpatialWindow): Tensor {
  const [top, left, bottom, right] = window.pads;
  const [height, width] = window.inputSize;
  const size = [height + top + bottom, width + left + right];
  const [batch, channels, rows, columns, count] = windows.shape as [number, number, number, number, number];
  const taps = tf.unstack(windows.reshape([batch * channels, rows, columns, count]), 3);
  const whole = tf.addN(
    offsets(window).map(([row, column], index) => place(taps[index] as Tensor, row, column, window, size)),
  );
  const cut = tf.slice(whole as Tensor3D, [0, top, left], [batch * channels, height, width]);
  return cut.reshape([batch, channels, height, width]);
}
