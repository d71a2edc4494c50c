/** Outlines to 28x28 bits: flattening, transforming, scan conversion, stroke weight, area average. */

const SIZE = 28;
const SCALE = 6; // Supersampling.
const FINE = SIZE * SCALE;
const THRESHOLD = 0.4; // Share of a pixel that must be ink.

/**
 * A glyph's outline as closed polylines in font units, y up.
 * @param {{ command: string, args: number[] }[]} commands
 * @returns {number[][]} contours, each x0, y0, x1, y1, ...
 */
export function flatten(commands) {
  const contours = [];
  let current = [];
  let [x, y] = [0, 0];
  for (const { command, args } of commands) {
    if (command === 'moveTo') {
      if (current.length > 4) contours.push(current);
      current = [args[0], args[1]];
    } else if (command === 'lineTo') current.push(args[0], args[1]);
    else if (command === 'quadraticCurveTo' || command === 'bezierCurveTo') {
      const steps = 8;
      for (let step = 1; step <= steps; step++) current.push(...curvePoint([x, y, ...args], step / steps));
    }
    if (command !== 'closePath') [x, y] = args.slice(-2);
  }
  if (current.length > 4) contours.push(current);
  return contours;
}

/** De Casteljau, for any degree. */
function curvePoint(points, t) {
  let level = points;
  while (level.length > 2) {
    const next = [];
    for (let index = 0; index + 2 < level.length; index++)
      next.push(level[index] * (1 - t) + level[index + 2] * t);
    level = next;
  }
  return level;
}

/** @param {number[][]} contours @returns {[number, number, number, number]} left, bottom, right, top */
export function boundsOf(contours) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const contour of contours) {
    for (let index = 0; index < contour.length; index += 2) {
      bounds[0] = Math.min(bounds[0], contour[index]);
      bounds[1] = Math.min(bounds[1], contour[index + 1]);
      bounds[2] = Math.max(bounds[2], contour[index]);
      bounds[3] = Math.max(bounds[3], contour[index + 1]);
    }
  }
  return bounds;
}

/** Nonzero-winding fill of contours in pixel units (y down) at 6x resolution. */
function fill(contours) {
  const fine = new Uint8Array(FINE * FINE);
  const crossings = Array.from({ length: FINE }, () => []);
  for (const contour of contours) {
    const n = contour.length;
    for (let index = 0; index < n; index += 2) {
      const [x0, y0] = [contour[index] * SCALE, contour[index + 1] * SCALE];
      const [x1, y1] = [contour[(index + 2) % n] * SCALE, contour[(index + 3) % n] * SCALE];
      if (y0 === y1) continue;
      const winding = y0 < y1 ? 1 : -1;
      const [low, high] = [Math.min(y0, y1), Math.max(y0, y1)];
      for (let row = Math.max(0, Math.ceil(low - 0.5)); row < Math.min(FINE, Math.ceil(high - 0.5)); row++) {
        crossings[row].push([x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0), winding]);
      }
    }
  }
  for (let row = 0; row < FINE; row++) {
    const line = crossings[row].sort((a, b) => a[0] - b[0]);
    for (let index = 0, winding = 0; index + 1 < line.length; index++) {
      winding += line[index][1];
      if (winding === 0) continue;
      const from = Math.max(0, Math.ceil(line[index][0] - 0.5));
      const to = Math.min(FINE, Math.ceil(line[index + 1][0] - 0.5));
      fine.fill(1, row * FINE + from, Math.max(row * FINE + from, row * FINE + to));
    }
  }
  return fine;
}

/** Mean stroke width in pixels of 28x28: twice the area over the perimeter (edge count times π/4). */
function strokeWidth(fine) {
  let [area, edges] = [0, 0];
  for (let y = 0; y < FINE; y++) {
    for (let x = 0; x < FINE; x++) {
      const here = fine[y * FINE + x];
      area += here;
      edges += x > 0 && here !== fine[y * FINE + x - 1] ? 1 : 0;
      edges += y > 0 && here !== fine[(y - 1) * FINE + x] ? 1 : 0;
    }
  }
  return edges === 0 ? 0 : (2 * area) / ((edges * Math.PI) / 4) / SCALE;
}

/** Widens (delta > 0) or thins every stroke by `delta` pixels of 28x28: stamps a disc on every edge pixel. */
function changeWeight(fine, delta) {
  const radius = (Math.abs(delta) * SCALE) / 2;
  if (radius < 0.3) return fine;
  const [grown, paper] = delta > 0 ? [1, 0] : [0, 1];
  const out = fine.slice();
  const reach = Math.floor(radius);
  for (let y = 0; y < FINE; y++) {
    for (let x = 0; x < FINE; x++) {
      if (fine[y * FINE + x] !== grown || !isEdge(fine, x, y, paper)) continue;
      for (let dy = Math.max(-reach, -y); dy <= Math.min(reach, FINE - 1 - y); dy++) {
        const half = Math.floor(Math.sqrt(radius * radius - dy * dy));
        const row = (y + dy) * FINE;
        out.fill(grown, row + Math.max(0, x - half), row + Math.min(FINE, x + half + 1));
      }
    }
  }
  return out;
}

function isEdge(fine, x, y, paper) {
  const index = y * FINE + x;
  return (
    (x > 0 && fine[index - 1] === paper) ||
    (x < FINE - 1 && fine[index + 1] === paper) ||
    (y > 0 && fine[index - FINE] === paper) ||
    (y < FINE - 1 && fine[index + FINE] === paper)
  );
}

/**
 * Draws contours (28x28 pixel units, y down) as 784 bytes of 0 or 1.
 * @param {number[][]} contours
 * @param {{ minimum: number, maximum: number, change: number }} weight - limits of the mean stroke width, pixels.
 */
export function rasterise(contours, weight) {
  let fine = fill(contours);
  const width = strokeWidth(fine);
  const wanted = Math.min(weight.maximum, Math.max(weight.minimum, width + weight.change));
  fine = changeWeight(fine, wanted - width);
  const pixels = new Uint8Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      let ink = 0;
      for (let row = 0; row < SCALE; row++) {
        const start = (y * SCALE + row) * FINE + x * SCALE;
        for (let column = 0; column < SCALE; column++) ink += fine[start + column];
      }
      pixels[y * SIZE + x] = ink >= THRESHOLD * SCALE * SCALE ? 1 : 0;
    }
  }
  return pixels;
}
