/** The contact sheet: for every script some characters, each drawn several times. */

import { encode } from 'fast-png';

const COLUMNS = 24; // Six characters of a script, four drawings of each.
const CELL = 30;

/**
 * A grey PNG: one row a script, in the order of `scripts`.
 * @param {{ script: string, images: Uint8Array[] }[]} classes
 * @param {{ name: string }[]} scripts
 */
export function contactSheet(classes, scripts, characters = 6) {
  const [width, height] = [COLUMNS * CELL * 2 + CELL, Math.ceil(scripts.length / 2) * CELL];
  const data = new Uint8Array(width * height).fill(255);
  for (const [row, { name }] of scripts.entries()) {
    const members = classes.filter((one) => one.script === name);
    const left = (row % 2) * (COLUMNS + 1) * CELL;
    const top = Math.floor(row / 2) * CELL;
    const each = COLUMNS / characters;
    for (let column = 0; column < COLUMNS; column++) {
      const member = members[Math.floor((Math.floor(column / each) * members.length) / characters)];
      paste(data, width, member.images[(column % each) * Math.floor(20 / each)], left + column * CELL, top);
    }
  }
  return encode({ width, height, data, channels: 1, depth: 8 });
}

function paste(data, width, image, left, top) {
  for (const [index, pixel] of image.entries()) {
    data[(top + 1 + Math.floor(index / 28)) * width + left + 1 + (index % 28)] = pixel === 1 ? 0 : 245;
  }
}
