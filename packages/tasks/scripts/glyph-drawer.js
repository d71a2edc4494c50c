/** Twenty drawings of a character: which style, and the hand that moves it. */

import { boundsOf, rasterise } from './glyph-raster.js';

export const DRAWERS = 20;

/** Strength of the hand: standard deviations. The second row is added where a style is used again. */
export const HAND = {
  every: { rotation: 7, shear: 0.12, logScale: 0.1, shift: 1, wave: 0.9, weight: 0.3 },
  again: { rotation: 3, shear: 0.08, logScale: 0.06, shift: 0, wave: 0.5, weight: 0.2 },
};

/** A small generator, so that the data depend on nothing but this folder (mulberry32). */
function generator(text) {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  for (let warm = 0; warm < 4; warm++) next();
  return { next, normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) };
}

/**
 * Typefaces first (one style per family), then other weights of the families, then the same again by another hand.
 * @returns {{ style: object, contours: number[][], again: boolean }[]} DRAWERS of them.
 */
export function chooseStyles(drawings) {
  const rank = (drawing) =>
    drawings.filter((other) => other.style.family === drawing.style.family).indexOf(drawing);
  // A neighbouring weight looks the same: at most regular, bold and light of a family.
  const ordered = drawings
    .map((drawing) => ({ ...drawing, rank: rank(drawing) }))
    .filter((drawing) => drawing.rank < 3)
    .sort((a, b) => a.rank - b.rank);
  return Array.from({ length: DRAWERS }, (_, index) => ({
    ...ordered[index % ordered.length],
    again: index >= ordered.length,
  }));
}

/**
 * One drawing, 784 bytes of 0 or 1.
 * @param {{ style: { unit: number }, contours: number[][], again: boolean }} drawing - `unit` is the style's letter size.
 * @param {string} seed
 */
export function draw(drawing, seed) {
  const random = generator(seed);
  const [left, bottom, right, top] = boundsOf(drawing.contours);
  const largest = Math.max(right - left, top - bottom);
  // Letters keep their relative size in a typeface, within limits.
  const size = Math.min(23, Math.max(17, (20.5 * largest) / drawing.style.unit));
  const spread = (name) => random.normal() * (HAND.every[name] + (drawing.again ? HAND.again[name] : 0));
  const [angle, shear] = [(spread('rotation') * Math.PI) / 180, spread('shear')];
  const [scaleX, scaleY] = [Math.exp(spread('logScale')), Math.exp(spread('logScale'))];
  const scale = size / largest;
  const wave = waveField(random, HAND.every.wave + (drawing.again ? HAND.again.wave : 0));
  const moved = drawing.contours.map((contour) => {
    const out = new Array(contour.length);
    for (let index = 0; index < contour.length; index += 2) {
      const x = (contour[index] - (left + right) / 2) * scale * scaleX;
      const y = -(contour[index + 1] - (bottom + top) / 2) * scale * scaleY;
      const slanted = x - shear * y;
      const [dx, dy] = wave(x, y);
      out[index] = slanted * Math.cos(angle) - y * Math.sin(angle) + dx;
      out[index + 1] = slanted * Math.sin(angle) + y * Math.cos(angle) + dy;
    }
    return out;
  });
  return rasterise(placed(moved, spread('shift'), spread('shift')), {
    minimum: 1.7,
    maximum: 2.8,
    change: spread('weight'),
  });
}

/** Centres, shrinks what would leave the image, shifts by at most what room there is. */
function placed(contours, shiftX, shiftY) {
  const [left, top, right, bottom] = boundsOf(contours);
  const shrink = Math.min(1, 25 / (right - left), 25 / (bottom - top));
  const room = (extent) => Math.max(0, (27 - extent * shrink) / 2);
  const within = (shift, limit) => Math.min(limit, Math.max(-limit, shift));
  const [moveX, moveY] = [within(shiftX, room(right - left)), within(shiftY, room(bottom - top))];
  return contours.map((contour) =>
    contour.map((value, index) =>
      index % 2 === 0
        ? 14 + moveX + (value - (left + right) / 2) * shrink
        : 14 + moveY + (value - (top + bottom) / 2) * shrink,
    ),
  );
}

/** A smooth displacement of the plane, pixels: two waves per axis of about one period over the image. */
function waveField(random, amplitude) {
  const waves = Array.from({ length: 4 }, () => ({
    a: (random.normal() * amplitude) / Math.SQRT2,
    x: (random.normal() * 2 * Math.PI) / 30,
    y: (random.normal() * 2 * Math.PI) / 30,
    phase: random.next() * 2 * Math.PI,
  }));
  return (x, y) => {
    const value = waves.map((wave) => wave.a * Math.sin(wave.x * x + wave.y * y + wave.phase));
    return [value[0] + value[1], value[2] + value[3]];
  };
}
