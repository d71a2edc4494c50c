/** One curve of a small-multiples plot. */
export interface Curve {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One panel. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly curves: readonly Curve[];
}

const size = { width: 300, height: 220, left: 52, right: 12, top: 34, bottom: 38 };
const dashes = ['', '6 3', '2 3', '8 3 2 3'];

function panelSvg(panel: Panel, offset: number): string {
  const points = panel.curves.flatMap((curve) => curve.points);
  const log = (value: number) => Math.log10(value);
  const [x0, x1] = [Math.min(...points.map(({ x }) => log(x))), Math.max(...points.map(({ x }) => log(x)))];
  const [y0, y1] = [
    Math.min(...points.map(({ y }) => log(y))) - 0.1,
    Math.max(...points.map(({ y }) => log(y))) + 0.1,
  ];
  const px = (x: number) =>
    offset + size.left + ((log(x) - x0) / (x1 - x0 || 1)) * (size.width - size.left - size.right);
  const py = (y: number) =>
    size.top + (1 - (log(y) - y0) / (y1 - y0 || 1)) * (size.height - size.top - size.bottom);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = [-4, -3, -2, -1, 0, 1, 2, 3]
    .flatMap((e) => [1, 3].map((m) => m * 10 ** e))
    .filter((y) => log(y) >= y0 && log(y) <= y1);
  const grid = ys.map(
    (y) =>
      `<path d="M${offset + size.left} ${py(y)}H${offset + size.width - size.right}" stroke="currentColor" stroke-opacity=".15"/><text x="${offset + size.left - 6}" y="${py(y) + 4}" text-anchor="end">${y}</text>`,
  );
  const ticks = xs.map(
    (x) => `<text x="${px(x)}" y="${size.height - size.bottom + 16}" text-anchor="middle">${x}</text>`,
  );
  const curves = panel.curves.map((curve, index) => {
    const line = curve.points
      .map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x).toFixed(1)} ${py(y).toFixed(1)}`)
      .join('');
    const last = curve.points.at(-1) as { x: number; y: number };
    return `<path d="${line}" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="${dashes[index % dashes.length]}"/><text x="${px(last.x) - 4}" y="${py(last.y) - 7}" text-anchor="end" font-weight="600">${curve.label}</text>`;
  });
  const title = `<text x="${offset + size.left}" y="18" font-size="13" font-weight="600">${panel.title}</text>`;
  const label = `<text x="${offset + (size.left + size.width) / 2}" y="${size.height - 6}" text-anchor="middle">${panel.xLabel}</text>`;
  return [title, label, ...grid, ...ticks, ...curves].join('');
}

/** Milliseconds per step on logarithmic axes, one panel per quantity that grows. Ink follows the page's text colour. */
export function growthPlot(panels: readonly Panel[]): string {
  const width = panels.length * size.width;
  const body = panels.map((panel, index) => panelSvg(panel, index * size.width)).join('');
  const style =
    '<style>svg{color:#222}@media(prefers-color-scheme:dark){svg{color:#ddd}}text{fill:currentColor;font:11px system-ui,sans-serif}</style>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${size.height}" width="${width}" role="img" aria-label="Milliseconds per step">${style}${body}</svg>\n`;
}
