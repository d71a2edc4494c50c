/** Which characters become classes: letters that enough typefaces draw, without near-duplicates. */

import { outlineOf } from './glyph-fonts.js';
import { boundsOf, rasterise } from './glyph-raster.js';

const SAME = 0.95; // Cosine of blurred reference drawings from which two characters count as one.
const REFERENCES = 4; // Typefaces compared.

/** Candidate characters of a script, in code-point order where no list is given. */
export function candidates(script) {
  if (script.characters) return thin([...new Set(script.characters)], script.take);
  const letters = [];
  const wanted = script.unicode ? new RegExp(`^\\p{Script=${script.unicode}}$`, 'u') : /^\p{L}$/u;
  const [from, to] = script.from ? bounds(script.from) : [0x80, 0x1ffff];
  for (let codePoint = from; codePoint <= to; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const plain = /^\p{L}$/u.test(character) && !/^\p{Lm}$/u.test(character) && wanted.test(character);
    if (plain && character.normalize('NFD') === character && character.normalize('NFKC') === character)
      letters.push(character);
  }
  return thin(letters, script.take);
}

const bounds = (range) => [range.codePointAt(0), [...range].at(-1).codePointAt(0)];

function thin(list, take) {
  if (take === undefined || take >= list.length) return list;
  return Array.from({ length: take }, (_, index) => list[Math.floor((index * list.length) / take)]);
}

/**
 * Characters that at least half the families draw, each with the styles that draw it.
 * Where a font draws two of the characters alike, only the first keeps that font.
 */
export function drawable(script, styles) {
  const families = new Set(styles.map((style) => style.family)).size;
  const seen = new Map(styles.map((style) => [style, new Set()]));
  const classes = [];
  for (const character of candidates(script)) {
    const drawings = [];
    for (const style of styles) {
      const contours = outlineOf(style, character.codePointAt(0));
      const key = contours && JSON.stringify(contours);
      if (!contours || seen.get(style).has(key)) continue;
      seen.get(style).add(key);
      drawings.push({ style, contours });
    }
    const drawn = new Set(drawings.map(({ style }) => style.family)).size;
    if (drawn >= families / 2)
      classes.push({ script: script.name, split: script.split, character, drawings });
  }
  return classes;
}

/**
 * Keeps the first of every group of near-duplicates: in the given order, over all scripts and splits.
 * @returns {{ kept: object[], dropped: { dropped: object, like: object, cosine: number }[] }}
 */
export function withoutDuplicates(classes) {
  const [kept, dropped] = [[], []];
  for (const one of classes) {
    one.references = one.drawings.slice(0, REFERENCES).map(({ contours }) => reference(contours));
    let best = { cosine: 0 };
    for (const other of kept) {
      const cosine = likeness(one, other, best.cosine);
      if (cosine > best.cosine) best = { cosine, like: other };
    }
    one.nearest = best;
    if (best.cosine >= SAME) dropped.push({ dropped: one, ...best });
    else kept.push(one);
  }
  return { kept, dropped };
}

/**
 * Mean cosine of the reference drawings: within a script typeface by typeface; between scripts, which share no
 * typefaces, each drawing of one with the most similar drawing of the other.
 */
function likeness(one, other, atLeast) {
  const [a, b] = [one.references, other.references];
  if (one.script === other.script) {
    const shared = a.filter((_, index) => index < b.length);
    return mean(shared.map((image, index) => dot(image, b[index])));
  }
  if (dot(a[0], b[0]) < 0.6 || atLeast >= 1) return 0;
  return mean(a.map((image) => Math.max(...b.map((candidate) => dot(image, candidate)))));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fitted into 22x22, centred, one stroke width, blurred, unit length. */
function reference(contours) {
  const [left, bottom, right, top] = boundsOf(contours);
  const scale = 22 / Math.max(right - left, top - bottom);
  const placed = contours.map((contour) =>
    contour.map((value, index) =>
      index % 2 === 0 ? 14 + (value - (left + right) / 2) * scale : 14 - (value - (bottom + top) / 2) * scale,
    ),
  );
  let image = Float32Array.from(rasterise(placed, { minimum: 2, maximum: 2, change: 0 }));
  for (let pass = 0; pass < 1; pass++) {
    image = image.map((_, index) => {
      const [x, y] = [index % 28, Math.floor(index / 28)];
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx >= 0 && x + dx < 28 && y + dy >= 0 && y + dy < 28) sum += image[index + dy * 28 + dx];
        }
      }
      return sum;
    });
  }
  const length = Math.sqrt(dot(image, image)) || 1;
  return image.map((value) => value / length);
}

function dot(a, b) {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
