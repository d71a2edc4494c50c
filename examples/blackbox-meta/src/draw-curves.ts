import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** A curve: points (x, y, half an interval of y). */
interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number, number?])[];
}

/** A figure as `draw-curves --input figure.json --output figure.svg` reads it. */
interface Figure {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Lowest and highest y. */
  readonly range: readonly [number, number];
  readonly curves: readonly Curve[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 360, 56, 150, 34, 44];
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** A figure as SVG: axes, curves with intervals, names at their ends. */
function draw({ title, x, y, range, curves }: Figure): string {
  const all = curves.flatMap(({ points }) => points.map(([at]) => at));
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const across = (at: number) => LEFT + ((at - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const up = (value: number) =>
    HEIGHT - BOTTOM - ((value - range[0]) / (range[1] - range[0])) * (HEIGHT - TOP - BOTTOM);
  const text = (at: number, level: number, words: string, more = '') =>
    `<text x="${at.toFixed(1)}" y="${level.toFixed(1)}" ${more}>${words}</text>`;
  const ticks = Array.from({ length: 6 }, (_, step) => step / 5);
  const grid = ticks.flatMap((share) => {
    const [value, at] = [range[0] + share * (range[1] - range[0]), first + share * (last - first)];
    return [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${up(value).toFixed(1)}" y2="${up(value).toFixed(1)}" stroke="#ddd"/>`,
      text(LEFT - 6, up(value) + 4, String(Number(value.toPrecision(3))), 'text-anchor="end"'),
      text(across(at), HEIGHT - BOTTOM + 16, String(Math.round(at)), 'text-anchor="middle"'),
    ];
  });
  const lines = curves.flatMap(({ name, points }, index) => {
    const colour = colours[index % colours.length] as string;
    const path = points.map(([at, value]) => `${across(at).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
    const bars = points.flatMap(([at, value, half]) =>
      half === undefined
        ? []
        : [
            `<line x1="${across(at).toFixed(1)}" x2="${across(at).toFixed(1)}" y1="${up(value - half).toFixed(1)}" y2="${up(value + half).toFixed(1)}" stroke="${colour}"/>`,
          ],
    );
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...bars,
      text(WIDTH - RIGHT + 8, TOP + 10 + 18 * index, name, `fill="${colour}"`),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 20, title, 'font-size="14"'),
    ...grid,
    ...lines,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x, 'text-anchor="middle"'),
    text(14, HEIGHT / 2, y, `text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})"`),
    '</svg>',
    '',
  ].join('\n');
}

const { values } = parseArgs({
  options: { input: { type: 'string', default: '' }, output: { type: 'string', default: '' } },
});
writeFileSync(values.output, draw(JSON.parse(readFileSync(values.input, 'utf8')) as Figure));
