/** One relatedness: risks along the ways to share, and what exact Bayes has. */
export interface SharingCurve {
  readonly relatedness: number;
  readonly risks: readonly number[];
  readonly bayes: number;
}

const [width, height, left, right, top, bottom] = [720, 360, 60, 130, 24, 48];
const colours = ['#4269d0', '#3ca951', '#efb118', '#ff725c', '#a463f2', '#6b4c35'];

/**
 * Curves of risk against how much is shared, on a logarithmic scale, the best of each marked; the joint posterior mean of exact
 * Bayes as a short line beside it. SVG.
 */
export function sharingFigure(ways: readonly string[], curves: readonly SharingCurve[]): string {
  const [low, high] = [0.02, 1.5];
  const x = (at: number) => left + (at * (width - left - right)) / (ways.length - 1);
  const share = (risk: number) => Math.log(risk / low) / Math.log(high / low);
  const y = (risk: number) => height - bottom - share(Math.max(risk, low)) * (height - top - bottom);
  const text = (at: number, up: number, words: string, more = '') =>
    `<text x="${at.toFixed(1)}" y="${up.toFixed(1)}"${more}>${words}</text>`;
  const line = (x1: number, y1: number, x2: number, y2: number, more: string) =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${more}/>`;
  const grid = [0.03, 0.1, 0.3, 1].map(
    (risk) =>
      line(left, y(risk), width - right, y(risk), 'stroke="#888" stroke-opacity="0.25"') +
      text(left - 8, y(risk) + 4, `${risk}`, ' text-anchor="end"'),
  );
  const names = ways.map((way, at) => text(x(at), height - bottom + 18, way, ' text-anchor="middle"'));
  let lowest = 0; // Labels come in order of relatedness, and do not overlap.
  const drawn = curves.map(({ relatedness, risks, bayes }, index) => {
    const colour = colours[index % colours.length] as string;
    const points = risks.map((risk, at) => `${x(at).toFixed(1)},${y(risk).toFixed(1)}`).join(' ');
    const best = risks.indexOf(Math.min(...risks));
    const edge = width - right;
    lowest = Math.max(y(bayes) + 4, lowest + 13);
    return [
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<circle cx="${x(best).toFixed(1)}" cy="${y(risks[best] as number).toFixed(1)}" r="4.5" fill="${colour}"/>`,
      line(edge + 8, y(bayes), edge + 28, y(bayes), `stroke="${colour}" stroke-width="3"`),
      text(edge + 34, lowest, `ρ = ${relatedness}`, ` fill="${colour}"`),
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#666" role="img" aria-label="Excess risk against how much is shared, by relatedness">`,
    ...grid,
    ...names,
    text(left, 14, 'excess risk'),
    text(width - right + 8, 14, 'exact Bayes'),
    text((left + width - right) / 2, height - 8, 'strength λ of soft sharing', ' text-anchor="middle"'),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}
