import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { channelAffineImages, channelDotImages, channelSumImages } from './channel-kernels.js';
import { assertMaps } from './feature-maps.js';

function assertPerChannel(owner: string, name: string, maps: Tensor, values: Tensor): void {
  const [, tasks, channels] = assertMaps(owner, maps);
  const fits =
    values.rank === 1 ? values.shape[0] === channels : values.shape.join() === `${tasks},${channels}`;
  if (fits) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${owner}: for maps [B, T, C, H, W] = [${maps.shape}] expected ${name} [${channels}] or [${tasks}, ${channels}], ` +
      `got [${values.shape}].`,
    { maps: maps.shape, [name]: values.shape },
  );
}

/** [C] or [T, C] -> [T·C] */
export function perTaskChannels(values: Tensor, tasks: number): Tensor {
  if (values.rank === 2) return values.reshape([values.size]);
  return tasks === 1 ? values : tf.tile(values, [tasks]);
}

/**
 * Scales and shifts each channel: y[b, t, c, …] = x[b, t, c, …] · scale[t, c] + offset[t, c].
 *
 * @param maps - x, [B, T, C, H, W], float32.
 * @param scale - [C] shared by all tasks, or [T, C].
 * @param offset - [C] or [T, C].
 * @returns [B, T, C, H, W]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` if the shapes do not fit.
 */
export function channelAffine(maps: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('channelAffine', maps);
  assertPerChannel('channelAffine', 'scale', maps, scale);
  assertPerChannel('channelAffine', 'offset', maps, offset);
  const shared = scale.rank === 1 && offset.rank === 1;
  const images = shared
    ? maps.reshape([batch * tasks, channels, height, width])
    : maps.reshape([batch, tasks * channels, height, width]);
  const [a, b] = shared ? [scale, offset] : [perTaskChannels(scale, tasks), perTaskChannels(offset, tasks)];
  return channelAffineImages(images, a, b).reshape(maps.shape);
}

/**
 * Σ over the batch and pixels of each task and channel.
 *
 * @param maps - [B, T, C, H, W], float32.
 * @returns [T, C]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` for another rank.
 */
export function channelSum(maps: Tensor): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('channelSum', maps);
  return channelSumImages(maps.reshape([batch, tasks * channels, height, width])).reshape([tasks, channels]);
}

/**
 * Σ of products over the batch and pixels of each task and channel.
 *
 * @param maps - [B, T, C, H, W], float32.
 * @param others - the same shape.
 * @returns [T, C]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` for another rank, or shapes that differ.
 */
export function channelDot(maps: Tensor, others: Tensor): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps('channelDot', maps);
  if (others.shape.join() !== maps.shape.join()) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `channelDot: shapes must agree, got [${maps.shape}] and [${others.shape}].`,
      {
        expected: maps.shape,
        actual: others.shape,
      },
    );
  }
  const shape = [batch, tasks * channels, height, width];
  return channelDotImages(maps.reshape(shape), others.reshape(shape)).reshape([tasks, channels]);
}
