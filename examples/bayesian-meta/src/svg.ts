/** A panel of a figure: pixels for numbers. */
export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export const palette = ['#3366cc', '#dc3912', '#109618', '#990099', '#ff9900', '#0099c6', '#888888'];

const short = (value: number) => Number(value.toFixed(1)).toString();
const across = ({ left, width, x }: Panel, value: number) => left + (width * (value - x[0])) / (x[1] - x[0]);
const down = ({ top, height, y }: Panel, value: number) =>
  top + height - (height * (value - y[0])) / (y[1] - y[0]);

/** A line through points, cut off at the panel's top and bottom. */
export function line(panel: Panel, points: readonly (readonly [number, number])[], style: string): string {
  const inside = (value: number) => Math.min(panel.y[1], Math.max(panel.y[0], value));
  const path = points
    .map(([x, y]) => `${short(across(panel, x))},${short(down(panel, inside(y)))}`)
    .join(' ');
  return `<polyline points="${path}" fill="none" ${style}/>`;
}

/** A dot. */
export function dot(panel: Panel, [x, y]: readonly [number, number], style = 'fill="currentColor"'): string {
  return `<circle cx="${short(across(panel, x))}" cy="${short(down(panel, y))}" r="3" ${style}/>`;
}

/** A filled band between two curves. */
export function band(
  panel: Panel,
  low: readonly (readonly [number, number])[],
  high: readonly (readonly [number, number])[],
  style: string,
): string {
  const points = [...low, ...[...high].reverse()];
  const path = points.map(([x, y]) => `${short(across(panel, x))},${short(down(panel, y))}`).join(' ');
  return `<polygon points="${path}" stroke="none" ${style}/>`;
}

/** The border, with the ends of both axes. */
export function frame({ left, top, width, height, x, y }: Panel, title: string, axes = true): string {
  const bottom = top + height;
  const ends = axes
    ? `<text x="${left}" y="${bottom + 13}">${x[0]}</text><text x="${left + width}" y="${bottom + 13}" text-anchor="end">${x[1]}</text>` +
      `<text x="${left - 4}" y="${bottom}" text-anchor="end">${y[0]}</text><text x="${left - 4}" y="${top + 9}" text-anchor="end">${y[1]}</text>`
    : '';
  return `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#999"/><text x="${left + width / 2}" y="${top - 6}" text-anchor="middle">${title}</text>${ends}`;
}

/** Names beside colours. */
export function legend(
  left: number,
  top: number,
  names: readonly string[],
  dashed: readonly boolean[] = [],
): string {
  return names
    .map((name, at) => {
      const y = top + 16 * at;
      const dash = dashed[at] === true ? ' stroke-dasharray="4 3"' : '';
      return `<line x1="${left}" x2="${left + 18}" y1="${y}" y2="${y}" stroke="${palette[at % palette.length]}" stroke-width="2"${dash}/><text x="${left + 23}" y="${y + 4}">${name}</text>`;
    })
    .join('');
}

/** The whole drawing. */
export function drawing(width: number, height: number, label: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" font-family="sans-serif" font-size="11" color="#333" fill="#333"><rect width="${width}" height="${height}" fill="#fff"/>${parts.join('\n')}</svg>\n`;
}

/** Where a field on a square grid crosses one half: segments by marching squares. */
export function boundary(
  field: readonly number[],
  size: number,
  low: number,
  high: number,
): [number, number][][] {
  const at = (column: number, row: number) => field[row * size + column] as number;
  const place = (index: number) => low + ((high - low) * index) / (size - 1);
  const segments: [number, number][][] = [];
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ] as const;
      const crossings: [number, number][] = [];
      for (let edge = 0; edge < 4; edge++) {
        const [a, b] = [
          corners[edge] as readonly [number, number],
          corners[(edge + 1) % 4] as readonly [number, number],
        ];
        const [from, to] = [at(...a), at(...b)];
        if (from > 0.5 === to > 0.5) continue;
        const share = (0.5 - from) / (to - from);
        crossings.push([place(a[0] + share * (b[0] - a[0])), place(a[1] + share * (b[1] - a[1]))]);
      }
      for (let pair = 0; pair + 1 < crossings.length; pair += 2)
        segments.push(crossings.slice(pair, pair + 2));
    }
  }
  return segments;
}
