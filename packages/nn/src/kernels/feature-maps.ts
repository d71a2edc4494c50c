import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Sizes of feature maps: batch, tasks, channels, height, width. */
export type MapsShape = readonly [number, number, number, number, number];

/** The sizes of feature maps [B, T, C, H, W]; throws `SHAPE_MISMATCH` for any other rank. */
export function assertMaps(owner: string, maps: Tensor): MapsShape {
  if (maps.rank === 5) return maps.shape as unknown as MapsShape;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${owner}: expected feature maps [B, T, C, H, W], got [${maps.shape}]. Make them with toFeatureMaps.`,
    { expected: ['B', 'T', 'C', 'H', 'W'], actual: maps.shape },
  );
}

/**
 * Images as feature maps: channels first, the batch leading. In this layout a convolution whose weights are
 * shared sees [B·T, C, H, W] and one with weights per task [B, T·C, H, W], the same memory.
 *
 * @param images - [T, B, H, W, C].
 * @returns [B, T, C, H, W]. The caller disposes.
 * @throws `SHAPE_MISMATCH` for any other rank.
 */
export function toFeatureMaps(images: Tensor): Tensor {
  if (images.rank !== 5) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `toFeatureMaps: expected images [T, B, H, W, C], got [${images.shape}].`,
      { expected: ['T', 'B', 'H', 'W', 'C'], actual: images.shape },
    );
  }
  const [tasks, batch, height, width, channels] = images.shape as unknown as MapsShape;
  // With one channel or one pixel the last axes hold the same memory in either order.
  const exchanged =
    channels === 1 || height * width === 1
      ? tf.transpose(images.reshape([tasks, batch, height * width * channels]), [1, 0, 2])
      : tf.transpose(images, [1, 0, 4, 2, 3]);
  return exchanged.reshape([batch, tasks, channels, height, width]);
}

/**
 * Feature maps as one vector per example, in the order channel, row, column.
 *
 * @param maps - [B, T, C, H, W].
 * @returns [T, B, C·H·W]. The caller disposes.
 * @throws `SHAPE_MISMATCH` for any other rank.
 */
export function fromFeatureMaps(maps: Tensor): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('fromFeatureMaps', maps);
  return tf.transpose(maps.reshape([batch, tasks, channels * height * width]), [1, 0, 2]);
}
