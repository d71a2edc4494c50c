import type { View } from './svg.js';

/** A square grey image under way: brightness in [0, 1], rows from the top, at `pixels[at ..]`. */
export interface Canvas {
  readonly pixels: Float32Array;
  readonly at: number;
  /** Pixels along a side. */
  readonly size: number;
  /** What of the world is shown: a square, by its left, bottom and width. */
  readonly view: View;
}

/** Brightens what is nearer than `radius` to the segment from (x0, y0) to (x1, y1), softly over the width of a pixel. */
export function paintSegment(
  { pixels, at, size, view }: Canvas,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  radius: number,
  ink: number,
): void {
  const pixel = view.width / size;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const outer = radius + pixel;
  // Only pixels of the bounding box.
  const first = Math.max(0, Math.floor((Math.min(x0, x1) - outer - view.left) / pixel));
  const last = Math.min(size - 1, Math.floor((Math.max(x0, x1) + outer - view.left) / pixel));
  const top = view.bottom + view.width;
  const high = Math.max(0, Math.floor((top - Math.max(y0, y1) - outer) / pixel));
  const low = Math.min(size - 1, Math.floor((top - Math.min(y0, y1) + outer) / pixel));
  for (let row = high; row <= low; row += 1) {
    const y = top - (row + 0.5) * pixel;
    for (let column = first; column <= last; column += 1) {
      const x = view.left + (column + 0.5) * pixel;
      const along = squared === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / squared;
      const share = Math.min(1, Math.max(0, along));
      const [gapX, gapY] = [x - x0 - share * dx, y - y0 - share * dy];
      const cover = (radius - Math.sqrt(gapX * gapX + gapY * gapY)) / pixel + 0.5;
      if (cover <= 0) continue;
      const value = ink * Math.min(1, cover);
      const index = at + row * size + column;
      if (value > (pixels[index] as number)) pixels[index] = value;
    }
  }
}

/** Brightens a disc. */
export function paintDisc(canvas: Canvas, x: number, y: number, radius: number, ink: number): void {
  paintSegment(canvas, x, y, x, y, radius, ink);
}
