import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32.js';

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Colour type by number of channels: 1 grey ink on nothing (grey + alpha), 3 red, green and blue. */
function rowsOf(values: ArrayLike<number>, height: number, width: number, channels: 1 | 3): Uint8Array {
  const perPixel = channels === 1 ? 2 : 3;
  const rows = new Uint8Array(height * (1 + width * perPixel));
  const byte = (value: number) => Math.max(0, Math.min(255, Math.round(255 * value)));
  for (let y = 0; y < height; y++) {
    const start = y * (1 + width * perPixel) + 1; // each row starts with its filter, 0 = none
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (channels === 1) rows[start + 2 * x + 1] = byte(values[pixel]!);
      else for (let c = 0; c < 3; c++) rows[start + 3 * x + c] = byte(values[3 * pixel + c]!);
    }
  }
  return rows;
}

/**
 * Encodes an image as PNG.
 *
 * @param values - [height, width, channels], in [0, 1]. With one channel, 1 is black ink and 0 is transparent, so that a
 * page can show it in its own colours.
 * @param height - pixels.
 * @param width - pixels.
 * @param channels - 1 or 3.
 * @returns the file's bytes.
 * @see ISO/IEC 15948:2004, Portable Network Graphics.
 */
export function encodePng(
  values: ArrayLike<number>,
  height: number,
  width: number,
  channels: 1 | 3,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 4 : 2, 0, 0, 0], 8); // bit depth, colour type, compression, filter, interlace
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rowsOf(values, height, width, channels))),
    chunk('IEND', new Uint8Array()),
  ]);
}
