import { encode } from 'fast-png';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeGreyPng } from './decode-grey-png.js';

/** A PNG file from parts; checksums are left zero, which the decoder does not read. */
function png(header: readonly number[], chunks: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const all: [string, Uint8Array][] = [
    ['IHDR', Uint8Array.from(header)],
    ...chunks.map(([type, data]) => [type, data] as [string, Uint8Array]),
  ];
  const bytes = [137, 80, 78, 71, 13, 10, 26, 10];
  for (const [type, data] of all) {
    bytes.push(
      0,
      0,
      data.length >> 8,
      data.length & 255,
      ...type.split('').map((letter) => letter.charCodeAt(0)),
      ...data,
      0,
      0,
      0,
      0,
    );
  }
  return Uint8Array.from(bytes);
}

const header = (width: number, height: number, depth: number, colour = 0, interlace = 0) => [
  0,
  0,
  0,
  width,
  0,
  0,
  0,
  height,
  depth,
  colour,
  0,
  0,
  interlace,
];

describe('decodeGreyPng', () => {
  it('reads one-bit rows that do not end on a byte', () => {
    const rows = zlibSync(Uint8Array.of(0, 0b10100000, 0b01000000, 0, 0b00000000, 0b11000000));
    const { width, height, pixels } = decodeGreyPng(png(header(10, 2, 1), [['IDAT', rows]]));
    expect([width, height]).toEqual([10, 2]);
    expect([...pixels].map((value) => value / 255)).toEqual([
      1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
    ]);
  });

  it('undoes every row filter', () => {
    // Rows 10 20 30 each: none, left, up, mean, Paeth.
    const rows = Uint8Array.of(0, 10, 20, 30, 1, 10, 10, 10, 2, 0, 0, 0, 3, 5, 5, 5, 4, 0, 0, 0);
    const { pixels } = decodeGreyPng(png(header(3, 5, 8), [['IDAT', zlibSync(rows)]]));
    expect([...pixels]).toEqual([1, 2, 3, 4, 5].flatMap(() => [10, 20, 30]));
  });

  it('reads palettes and data in several chunks', () => {
    const data = zlibSync(Uint8Array.of(0, 0b01000000, 0, 0b10000000));
    const chunks = [
      ['PLTE', Uint8Array.of(200, 1, 2, 50, 3, 4)],
      ['IDAT', data.subarray(0, 3)],
      ['IDAT', data.subarray(3)],
    ] as const;
    expect([...decodeGreyPng(png(header(2, 2, 1, 3), chunks)).pixels]).toEqual([200, 50, 50, 200]);
  });

  it('agrees with another encoder', () => {
    const data = Uint8Array.from({ length: 33 * 17 }, (_, index) => (index * index) & 255);
    const { pixels } = decodeGreyPng(encode({ width: 33, height: 17, data, channels: 1, depth: 8 }));
    expect(pixels).toEqual(data);
  });

  it('refuses what it does not know', () => {
    const rows: readonly [string, Uint8Array] = ['IDAT', zlibSync(Uint8Array.of(0, 1))];
    for (const broken of [
      new Uint8Array(20),
      png(header(1, 1, 8), []),
      png(header(1, 1, 8, 2), [rows]),
      png(header(1, 1, 16), [rows]),
      png(header(1, 1, 8, 0, 1), [rows]),
      png(header(1, 9, 8), [rows]),
      png(header(1, 1, 8), [['IDAT', zlibSync(Uint8Array.of(7, 1))]]),
      png(header(1, 1, 8), [rows]).subarray(0, 45),
    ]) {
      expect(() => decodeGreyPng(broken)).toThrow();
    }
  });
});
