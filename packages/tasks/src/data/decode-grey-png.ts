import { unzlibSync } from 'fflate';

/** A greyscale image, one byte a pixel. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** 0 black to 255 white, row by row. */
  readonly pixels: Uint8Array;
}

/** Signature and chunk types, as big-endian 32-bit integers. */
const [SIGNATURE_0, SIGNATURE_1] = [0x89504e47, 0x0d0a1a0a];
const [IHDR, PLTE, IDAT] = [0x49484452, 0x504c5445, 0x49444154];

/**
 * Decodes a PNG of grey or palette colours at 1, 2, 4 or 8 bits, not interlaced: what drawings are stored in. Meant for
 * tens of thousands of small files, where a general decoder's set-up costs more than the image.
 *
 * @returns grey values; of a palette colour, its red part.
 * @throws `RangeError` for any other file: the caller knows its name.
 */
export function decodeGreyPng(png: Uint8Array): GreyImage {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.length < 8 || view.getUint32(0) !== SIGNATURE_0 || view.getUint32(4) !== SIGNATURE_1) {
    throw new RangeError('not a PNG file');
  }
  const parts: Uint8Array[] = [];
  let header = -1;
  let palette: Uint8Array | undefined;
  for (let offset = 8; offset + 12 <= png.length; ) {
    const type = view.getUint32(offset + 4);
    const end = offset + 8 + view.getUint32(offset);
    if (end + 4 > png.length) throw new RangeError('the last chunk is cut short');
    if (type === IHDR && end - offset >= 21) header = offset + 8;
    if (type === PLTE) palette = png.subarray(offset + 8, end);
    if (type === IDAT) parts.push(png.subarray(offset + 8, end));
    offset = end + 4;
  }
  if (header < 0 || parts.length === 0) throw new RangeError('no image in the PNG file');
  const width = view.getUint32(header);
  const height = view.getUint32(header + 4);
  const depth = view.getUint8(header + 8);
  const colour = view.getUint8(header + 9);
  const interlace = view.getUint8(header + 12);
  if (
    !(depth === 1 || depth === 2 || depth === 4 || depth === 8) ||
    (colour !== 0 && colour !== 3) ||
    interlace !== 0
  ) {
    throw new RangeError(
      `colour type ${colour} at ${depth} bits, interlace ${interlace}: only plain grey or palette`,
    );
  }
  const rowBytes = Math.ceil((width * depth) / 8);
  const data = unzlibSync(joined(parts), { out: new Uint8Array((rowBytes + 1) * height) });
  const rows = unfilter(data, rowBytes, height);
  return { width, height, pixels: spread(rows, width, height, depth, colour === 3 ? palette : undefined) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Undoes the prediction of each row; the unit of these images is one byte. */
function unfilter(data: Uint8Array, rowBytes: number, height: number): Uint8Array {
  if (data.length < (rowBytes + 1) * height) throw new RangeError('fewer rows than the header says');
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (rowBytes + 1)] as number;
    if (filter > 4) throw new RangeError(`row filter ${filter}`);
    for (let x = 0; x < rowBytes; x++) {
      const left = x > 0 ? (rows[y * rowBytes + x - 1] as number) : 0;
      const up = y > 0 ? (rows[(y - 1) * rowBytes + x] as number) : 0;
      const corner = x > 0 && y > 0 ? (rows[(y - 1) * rowBytes + x - 1] as number) : 0;
      const raw = data[y * (rowBytes + 1) + 1 + x] as number;
      rows[y * rowBytes + x] = raw + predict(filter, left, up, corner);
    }
  }
  return rows;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  // Paeth: whichever of the three is nearest to left + up - corner.
  const [toLeft, toUp, toCorner] = [
    Math.abs(up - corner),
    Math.abs(left - corner),
    Math.abs(left + up - 2 * corner),
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** One byte a pixel, from packed samples. */
function spread(
  rows: Uint8Array,
  width: number,
  height: number,
  depth: number,
  palette: Uint8Array | undefined,
): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const white = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const sample = ((rows[y * rowBytes + (bit >> 3)] as number) >> (8 - depth - (bit & 7))) & white;
      pixels[y * width + x] = palette ? (palette[3 * sample] ?? 0) : (255 * sample) / white;
    }
  }
  return pixels;
}
