/**
 * Renders the glyphs data set from the fonts of package.json beside this file:
 *
 *   cd packages/tasks/scripts && npm install --ignore-scripts --no-package-lock && npm run render
 *
 * Writes src/glyphs/data/*.ts (the images), GLYPH-FONTS.txt (fonts and licences) and glyphs.png (contact sheet),
 * and prints the table of scripts and the nearest-neighbour accuracy for the README.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { candidates, drawable, withoutDuplicates } from './glyph-classes.js';
import { chooseStyles, DRAWERS, draw } from './glyph-drawer.js';
import { licenceOf, stylesOf } from './glyph-fonts.js';
import { glyphFamilies, glyphScripts } from './glyph-scripts.js';
import { contactSheet } from './glyph-sheet.js';
import { nearestNeighbour } from './glyph-statistics.js';

const here = dirname(fileURLToPath(import.meta.url));
const packageFolder = join(here, '..');
const dataFolder = join(packageFolder, 'src/glyphs/data');
const fontFolder = process.env.GLYPH_FONTS ?? here;
const order = ['test', 'validation', 'train'];
const PART = 900_000; // Characters of base64 in a module: editors and linters stop at a megabyte.

const used = new Set();
const classes = [];
for (const script of [...glyphScripts].sort((a, b) => order.indexOf(a.split) - order.indexOf(b.split))) {
  const families = script.fonts.split(' ');
  const styles = families.flatMap((family) => stylesOf(fontFolder, family));
  const absent = families.filter((family) => !styles.some((style) => style.family === family));
  if (absent.length > 0) throw new Error(`Not installed: ${absent.join(', ')}`);
  classes.push(...drawable(script, styles));
}
const { kept, dropped } = withoutDuplicates(classes);

/** The letter size of a style: the 90th percentile of the larger side of its characters. */
function letterSizes(members) {
  const sizes = new Map();
  for (const { drawings } of members) {
    for (const { style, contours } of drawings)
      sizes.set(style, [...(sizes.get(style) ?? []), sideOf(contours)]);
  }
  for (const [style, list] of sizes)
    style.unit = list.sort((a, b) => a - b)[Math.floor(0.9 * (list.length - 1))];
}

function sideOf(contours) {
  const all = contours.flat();
  const side = (offset) => {
    const values = all.filter((_, index) => index % 2 === offset);
    return (
      values.reduce((a, b) => Math.max(a, b), -Infinity) - values.reduce((a, b) => Math.min(a, b), Infinity)
    );
  };
  return Math.max(side(0), side(1));
}

const scripts = [];
for (const { name, split, ...script } of glyphScripts) {
  const members = kept.filter((one) => one.script === name);
  letterSizes(members);
  const drawnBy = new Set();
  const drawnIn = new Set();
  let again = 0;
  for (const one of members) {
    const chosen = chooseStyles(one.drawings);
    one.images = chosen.map((drawing, drawer) => draw(drawing, `${name}/${one.character}/${drawer}`));
    for (const { style, again: repeated } of chosen) {
      used.add(style.family);
      drawnBy.add(style.family);
      drawnIn.add(`${style.family} ${style.weight}`);
      again += repeated ? 1 : 0;
    }
  }
  scripts.push({
    name,
    split,
    characters: members.map((one) => one.character).join(''),
    typefaces: drawnBy.size,
    styles: drawnIn.size,
    repeated: again / (members.length * DRAWERS),
    offered: candidates(script).length,
  });
}

writeData();
writeLicences();
writeFileSync(join(packageFolder, 'glyphs.png'), contactSheet(kept, scripts));
printStatistics();

function writeData() {
  rmSync(dataFolder, { recursive: true, force: true });
  mkdirSync(dataFolder, { recursive: true });
  const lines = [
    header('Scripts of the glyphs data set, in the order of their images.').trimEnd(),
    "\nimport type { GlyphScript } from '../glyph-script.js';",
    '\nexport const glyphScripts: readonly GlyphScript[] = [',
  ];
  for (const { name, split, characters, typefaces } of scripts) {
    lines.push(
      `  { name: ${quote(name)}, split: '${split}', typefaces: ${typefaces}, characters: ${quote(characters)} },`,
    );
  }
  writeFileSync(join(dataFolder, 'glyph-scripts.ts'), `${lines.join('\n')}\n];\n`);
  for (const split of ['train', 'validation', 'test']) {
    const members = scripts
      .filter((script) => script.split === split)
      .flatMap(({ name }) => kept.filter((one) => one.script === name));
    const bits = Buffer.concat(members.flatMap((one) => one.images.map(pack)));
    const text = gzipSync(bits, { level: 9 }).toString('base64');
    const parts = Array.from({ length: Math.ceil(text.length / PART) }, (_, index) =>
      text.slice(index * PART, (index + 1) * PART),
    );
    for (const [index, part] of parts.entries()) {
      const what = `Images of the ${split} scripts, gzip'd bits in base64, part ${index + 1} of ${parts.length}.`;
      writeFileSync(
        join(dataFolder, `${split}-${index + 1}.ts`),
        `${header(what)}export const ${split}${index + 1}: string =\n  '${part}';\n`,
      );
    }
  }
  console.log(readdirSync(dataFolder).join(' '));
}

function header(what) {
  return `/** ${what} Written by scripts/render-glyphs.js; do not edit. */\n\n`;
}

function quote(text) {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

/** Eight pixels a byte, the leftmost in the highest bit. */
function pack(image) {
  const bytes = Buffer.alloc(image.length / 8);
  for (const [index, pixel] of image.entries()) bytes[index >> 3] |= pixel << (7 - (index & 7));
  return bytes;
}

function writeLicences() {
  const fonts = glyphFamilies
    .filter((family) => used.has(family))
    .map((family) => ({ family, ...licenceOf(fontFolder, family) }));
  const wrong = fonts.filter(
    ({ type, text }) => type !== 'OFL-1.1' || !text.includes('SIL OPEN FONT LICENSE'),
  );
  if (wrong.length > 0)
    throw new Error(`Not under the Open Font License: ${wrong.map(({ family }) => family).join(', ')}`);
  const notice = ({ text }) =>
    text.slice(0, text.indexOf('This Font Software is licensed')).replace(/\s+/g, ' ').trim();
  const list = fonts.map(
    (font) => `${font.title} (@fontsource/${font.family} ${font.version})\n  ${notice(font)}`,
  );
  const body = fonts[0].text.slice(fonts[0].text.indexOf('This Font Software is licensed'));
  const intro = `The glyphs data set (src/glyphs/data) holds 28x28 one-bit drawings of characters made from the ${fonts.length} fonts below.\nNo font software is distributed with this package. The fonts and their copyright holders:`;
  writeFileSync(
    join(packageFolder, 'GLYPH-FONTS.txt'),
    `${intro}\n\n${list.join('\n\n')}\n\n${'-'.repeat(70)}\n\n${body.trim()}\n`,
  );
}

function printStatistics() {
  console.log(`fonts ${used.size}, dropped as near-duplicates ${dropped.length}`);
  for (const split of ['train', 'validation', 'test']) {
    const members = kept.filter((one) => one.split === split);
    const accuracy = nearestNeighbour(
      members.map(({ images }) => images),
      1000,
    );
    console.log(
      `${split}: ${members.length} characters, ${members.length * DRAWERS} images, 1-NN 5-way 1-shot ${accuracy}`,
    );
  }
  console.log(
    '| script | split | characters | typefaces | typefaces and weights | drawings that repeat a style |',
  );
  for (const one of scripts) {
    const count = [...one.characters].length;
    console.log(
      `| ${one.name} | ${one.split} | ${count} | ${one.typefaces} | ${one.styles} | ${Math.round(100 * one.repeated)} % |`,
    );
  }
}
