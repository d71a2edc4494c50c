import { requireInteger } from '@tasklearn/core';
import type { ImageSet } from './image-set.js';

/**
 * Images with fewer pixels: each new pixel is the mean of the area it covers, exactly, also where sides do not divide.
 *
 * @param side - pixels along the new edge, from 1 to the old edge; images that have it already are returned as they are.
 * @throws `INVALID_OPTION` for another side.
 */
export function resizeImages(images: ImageSet, side: number): ImageSet {
  requireInteger('resizeImages', { side }, 'side', 1);
  requireInteger('resizeImages', { lostPixels: images.side - side }, 'lostPixels', 0);
  const old = images.side;
  if (side === old) return images;
  const count = images.pixels.length / (old * old);
  const overlaps = edgeOverlaps(old, side);
  const pixels = new Uint8Array(count * side * side);
  for (let image = 0; image < count; image++) {
    const from = image * old * old;
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        let sum = 0;
        for (const [y, height] of overlaps[row] as readonly (readonly [number, number])[])
          for (const [x, width] of overlaps[column] as readonly (readonly [number, number])[])
            sum += height * width * (images.pixels[from + y * old + x] as number);
        pixels[(image * side + row) * side + column] = Math.round(sum);
      }
  }
  return { ...images, pixels, side };
}

/** For each new pixel along an edge, the old ones it covers and their shares, which add up to 1. */
function edgeOverlaps(old: number, side: number): readonly (readonly (readonly [number, number])[])[] {
  const scale = old / side;
  return Array.from({ length: side }, (_, pixel) => {
    const [start, end] = [pixel * scale, (pixel + 1) * scale];
    const shares: (readonly [number, number])[] = [];
    for (let at = Math.floor(start); at < Math.min(old, Math.ceil(end)); at++) {
      const share = (Math.min(end, at + 1) - Math.max(start, at)) / scale;
      if (share > 1e-9) shares.push([at, share]);
    }
    return shares;
  });
}
