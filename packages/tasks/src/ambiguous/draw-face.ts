import type { Rng } from '@tasklearn/core';

/** Height and width of a drawn face in pixels. */
export const faceSize = 24;

/** The binary attributes of a drawn face, in order. */
export const faceAttributes = [
  'hat',
  'smile',
  'glasses',
  'longHair',
  'beard',
  'ageLines',
  'darkTone',
  'earrings',
] as const;

type Attribute = (typeof faceAttributes)[number];

/** Smallest and largest x and y of what is painted, seen from the middle of a head of mean size; rows grow downwards. */
type Box = readonly [left: number, right: number, top: number, bottom: number];

/** Paints `value` where a test holds, on a box of pixels. */
type Brush = (box: Box, covers: (x: number, y: number) => boolean, value: number) => void;

const everywhere = () => true;
const inHead = (x: number, y: number) => (x / 7) ** 2 + (y / 8.5) ** 2 <= 1;
const HEAD: Box = [-7, 7, -8.5, 8.5];

function paintHead(paint: Brush, has: (attribute: Attribute) => boolean): void {
  if (has('longHair')) paint([-9.5, 9.5, -6, 8.5], (x) => Math.abs(x) > 5.5, 0.95);
  paint(HEAD, inHead, has('darkTone') ? 0.35 : 0.7);
  if (has('beard')) paint([-7, 7, 2.2, 8.5], inHead, 0.1);
  if (has('ageLines')) {
    paint([-3.6, 3.6, -6.1, -3.6], (_, y) => Math.abs(Math.abs(y + 4.85) - 0.75) < 0.5, 0);
    paint([-6, 6, -0.5, 2.2], (x) => Math.abs(x) > 4.8, 0);
  }
  if (has('hat')) {
    paint([-5.5, 5.5, -11, -6.4], everywhere, 0.5);
    paint([-9, 9, -7.2, -5.6], everywhere, 1);
  }
}

function paintFeatures(paint: Brush, has: (attribute: Attribute) => boolean): void {
  paint([-3.9, 3.9, -2.5, -0.7], (x, y) => Math.hypot(Math.abs(x) - 3, y + 1.6) <= 0.9, 0);
  if (has('glasses')) {
    const onRim = (distance: number) => distance > 1.5 && distance < 2.5;
    paint([-5.5, 5.5, -4.1, 0.9], (x, y) => onRim(Math.hypot(Math.abs(x) - 3, y + 1.6)), 1);
    paint([-1, 1, -2.2, -1], everywhere, 1);
  }
  const bow = has('smile') ? -0.28 : 0.18; // The ends of a smile are above its middle.
  paint([-3.4, 3.4, 1, 8], (x, y) => Math.abs(y - 4.9 - bow * (x * x - 4)) < 0.75, 1);
  if (has('earrings')) {
    paint([-8.9, 8.9, 1, 4.2], (x, y) => ((Math.abs(x) - 7.6) / 1.3) ** 2 + ((y - 2.6) / 1.6) ** 2 <= 1, 1);
  }
}

/**
 * Draws a cartoon face of 24 x 24 pixels with values near [0, 1], background 0.
 *
 * @param attributes - 0 or 1 for each of `faceAttributes`.
 * @param look - `noise`: standard deviation of the noise on every pixel, >= 0. `jitter`: how much place and size of the head
 * vary, >= 0: 1 for a pixel and a tenth of its size, 0 for a head that stands still.
 * @param into - 576 numbers, row by row; overwritten.
 */
export function drawFace(
  attributes: ArrayLike<number>,
  { noise, jitter }: { readonly noise: number; readonly jitter: number },
  rng: Rng,
  into: Float32Array,
): void {
  const middle = (faceSize - 1) / 2;
  const [left, top] = [
    middle + jitter * (2 * rng.next() - 1),
    middle + 1 + 0.75 * jitter * (2 * rng.next() - 1),
  ];
  const scale = 1 + 0.1 * jitter * (2 * rng.next() - 1);
  const first = (offset: number, origin: number) => Math.max(0, Math.ceil(origin + scale * offset));
  const last = (offset: number, origin: number) =>
    Math.min(faceSize - 1, Math.floor(origin + scale * offset));
  const paint: Brush = ([fromX, toX, fromY, toY], covers, value) => {
    for (let row = first(fromY, top); row <= last(toY, top); row++)
      for (let column = first(fromX, left); column <= last(toX, left); column++)
        if (covers((column - left) / scale, (row - top) / scale)) into[row * faceSize + column] = value;
  };
  const has = (attribute: Attribute) => attributes[faceAttributes.indexOf(attribute)] === 1;
  into.fill(0);
  paintHead(paint, has);
  paintFeatures(paint, has);
  if (noise === 0) return;
  for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) + noise * rng.gaussian();
}
