import type { Tensor } from '@tensorflow/tfjs';
import { averagePoolImages } from './average-pool-kernels.js';
import { assertMaps } from './feature-maps.js';
import { maxPoolImages } from './max-pool-kernels.js';
import { type Padding, type Size, type SpatialWindow, spatialWindow, toSize } from './spatial-window.js';

/** How pooling windows lie on the image. */
export interface PoolingOptions {
  /** Window size, for both axes or [rows, columns]. */
  readonly size: number | Size;
  /** Steps between windows. Default: the window's size, so that windows do not overlap. */
  readonly strides?: number | Size;
  /** Default `'valid'`: what is left over at the end is dropped. */
  readonly padding?: Padding;
}

function pooled(
  owner: string,
  pool: (images: Tensor, window: SpatialWindow) => Tensor,
  maps: Tensor,
  { size, strides = size, padding = 'valid' }: PoolingOptions,
): Tensor {
  const [batch, tasks, channels, height, width] = assertMaps(owner, maps);
  const window = spatialWindow(owner, [height, width], toSize(size), toSize(strides), padding);
  const images = pool(maps.reshape([batch, tasks * channels, height, width]), window);
  return images.reshape([batch, tasks, channels, ...window.outputSize]);
}

/**
 * The largest value of each window. Its derivative goes to the first largest, row by row.
 *
 * @param maps - [B, T, C, H, W], float32.
 * @returns [B, T, C, H′, W′]. The caller disposes. Right to every order of derivative where the maximum is unique.
 * @throws `SHAPE_MISMATCH` for another rank or a window larger than the image; `INVALID_OPTION` for options out of range.
 */
export function maxPool(maps: Tensor, options: PoolingOptions): Tensor {
  return pooled('maxPool', maxPoolImages, maps, options);
}

/**
 * The mean of each window; padding is not counted.
 *
 * @param maps - [B, T, C, H, W], float32.
 * @returns [B, T, C, H′, W′]. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` for another rank or a window larger than the image; `INVALID_OPTION` for options out of range.
 */
export function averagePool(maps: Tensor, options: PoolingOptions): Tensor {
  return pooled('averagePool', averagePoolImages, maps, options);
}
