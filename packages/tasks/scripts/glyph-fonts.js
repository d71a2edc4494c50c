/** Opens the fonts of @fontsource packages and finds, for a character, the styles that can draw it. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import * as fontkit from 'fontkit';
import { boundsOf, flatten } from './glyph-raster.js';

/** @typedef {{ family: string, title: string, weight: number, files: { font: any, ranges: [number, number][] }[] }} Style */

const WEIGHTS = [400, 700, 200, 300, 500, 600, 800, 900, 100];

/**
 * Every weight of a family as a style.
 * @param {string} folder - holds node_modules.
 * @param {string} family - id of the package.
 * @returns {Style[]} upright styles, regular weight first; [] when the package is not installed.
 */
export function stylesOf(folder, family) {
  const root = join(folder, 'node_modules/@fontsource', family);
  if (!existsSync(root)) return [];
  const metadata = JSON.parse(readFileSync(join(root, 'metadata.json'), 'utf8'));
  const ranges = JSON.parse(readFileSync(join(root, 'unicode.json'), 'utf8'));
  const names = new Set(readdirSync(join(root, 'files')));
  const weights = WEIGHTS.filter((weight) => metadata.weights.includes(weight));
  return weights.map((weight) => ({
    family,
    title: metadata.family,
    weight,
    files: Object.entries(ranges).flatMap(([subset, range]) => {
      const name = `${family}-${subset.replace(/[[\]]/g, '')}-${weight}-normal.woff`;
      return names.has(name)
        ? [{ path: join(root, 'files', name), ranges: parseRanges(range), font: undefined }]
        : [];
    }),
  }));
}

function parseRanges(text) {
  return text.split(',').map((part) => {
    const [from, to] = part.trim().replace('U+', '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to ?? from, 16)];
  });
}

/**
 * The outline of a character in a style, font units; undefined where the font has no drawing of its own for it.
 * @param {Style} style
 * @param {number} codePoint
 * @returns {number[][] | undefined}
 */
export function outlineOf(style, codePoint) {
  for (const file of style.files) {
    if (!file.ranges.some(([from, to]) => codePoint >= from && codePoint <= to)) continue;
    file.font ??= fontkit.create(unpackWoff(readFileSync(file.path)));
    if (!file.font.hasGlyphForCodePoint(codePoint)) continue;
    const glyph = file.font.glyphForCodePoint(codePoint);
    if (glyph.id === 0) continue;
    const contours = flatten(glyph.path.commands);
    const [left, bottom, right, top] = boundsOf(contours);
    if (right - left > 0 && top - bottom > 0) return contours;
  }
  return undefined;
}

/**
 * A WOFF file as the sfnt file inside it. (fontkit's own inflater fails on some tables.)
 * @param {Buffer} woff
 */
function unpackWoff(woff) {
  const count = woff.readUInt16BE(12);
  const header = Buffer.alloc(12 + 16 * count);
  header.writeUInt32BE(woff.readUInt32BE(4), 0);
  header.writeUInt16BE(count, 4);
  const tables = [];
  let offset = header.length;
  for (let index = 0; index < count; index++) {
    const entry = woff.subarray(44 + 20 * index, 64 + 20 * index);
    const [start, packed, length] = [entry.readUInt32BE(4), entry.readUInt32BE(8), entry.readUInt32BE(12)];
    const data = woff.subarray(start, start + packed);
    const table = Buffer.alloc(Math.ceil(length / 4) * 4);
    (packed < length ? inflateSync(data) : data).copy(table);
    entry.copy(header, 12 + 16 * index, 0, 4);
    entry.copy(header, 16 + 16 * index, 16, 20);
    header.writeUInt32BE(offset, 20 + 16 * index);
    header.writeUInt32BE(length, 24 + 16 * index);
    tables.push(table);
    offset += table.length;
  }
  return Buffer.concat([header, ...tables]);
}

/** The package's version and licence text. */
export function licenceOf(folder, family) {
  const root = join(folder, 'node_modules/@fontsource', family);
  const { version } = createRequire(import.meta.url)(join(root, 'package.json'));
  const metadata = JSON.parse(readFileSync(join(root, 'metadata.json'), 'utf8'));
  const text = readFileSync(join(root, 'LICENSE'), 'utf8');
  return { version, title: metadata.family, type: metadata.license.type, text };
}
