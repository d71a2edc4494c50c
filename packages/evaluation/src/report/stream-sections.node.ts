import type { ResolvedPlan } from '../plan/plan.js';
import type { ComparisonSummary, CurvePoint, StreamSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { curvesFigure, type NamedCurve, namedCurves } from './curves-figure.node.js';
import { metricInWords, metricTitle } from './format.js';
import { type Html, html } from './html.js';
import { regimeInWords } from './regime.js';
import { legend, section } from './section.js';
import { streamMatrixFigure } from './stream-matrix-figure.node.js';
import { streamHint, streamTable } from './stream-tables.js';

type Curve = (stream: StreamSummary) => readonly CurvePoint[];

/** Points of a curve that are drawn; more would be the same picture in a larger file. */
const DRAWN = 200;

/** Some of the points, evenly, with the first and the last. */
function thinned(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= DRAWN) return points;
  const place = (index: number) => Math.round((index * (points.length - 1)) / (DRAWN - 1));
  return Array.from({ length: DRAWN }, (_, index) => points[place(index)] as CurvePoint);
}

function curvesOf({ learners }: ComparisonSummary, curve: Curve): NamedCurve[] {
  return namedCurves(learners, ({ stream }) => stream && thinned(curve(stream)));
}

/** What lines and bands are. */
function band({ learners }: ComparisonSummary): string {
  return learners.some(({ seedMeans }) => seedMeans.length > 1)
    ? ' Lines are means over seeds, bands reach from the lowest to the highest seed.'
    : '';
}

function remembering(summary: ComparisonSummary, metric: StreamSummary['matrixMetric']): Html | undefined {
  const average = curvesOf(summary, (stream) => stream.average);
  const first = curvesOf(summary, (stream) => stream.firstTask);
  if (average.length + first.length === 0) return undefined;
  const title = metricTitle(metric);
  return section('Remembering', `On test sets, as tasks follow one another.${band(summary)}`, [
    average.length > 0 && curvesFigure(`${title} over the tasks so far`, metric, average, 'tasks learnt'),
    first.length > 0 && curvesFigure(`${title} of the first task`, metric, first, 'tasks learnt'),
    html`<div class="narrow">${legend(summary, [...average, ...first])}</div>`,
  ]);
}

function matrices({ learners }: ComparisonSummary, metric: StreamSummary['matrixMetric']): Html | undefined {
  const shown = learners.flatMap(({ name, stream }, index) =>
    stream === undefined || stream.matrix.length === 0 ? [] : [{ name, index, stream }],
  );
  if (shown.length === 0) return undefined;
  const values = shown.flatMap(({ stream }) => stream.matrix.flat());
  const range = [Math.min(...values), Math.max(...values)] as const;
  const figures = shown.map(
    ({ name, index, stream }) =>
      html`<div><h3>${name}</h3>${streamMatrixFigure(name, seriesColour(index), stream, range)}</div>`,
  );
  return section(
    'Forgetting',
    `${metricTitle(metric)} on the test set of every task (columns, in the order in which they were learnt) after every task (rows, from before the first); darker is better. What is learnt shows on the diagonal, what is forgotten fades below it, what transfers forward shows above it.`,
    html`<div class="grid">${figures}</div>`,
  );
}

function online(summary: ComparisonSummary, metric: StreamSummary['onlineMetric']): Html | undefined {
  const curves = curvesOf(summary, (stream) => stream.online);
  const regret = curvesOf(summary, (stream) => stream.regret);
  const dynamic = curvesOf(summary, (stream) => stream.dynamicRegret);
  if (curves.length === 0) return undefined;
  const against =
    regret.length + dynamic.length > 0
      ? ' Regret: the sum of losses less that of the best fixed prediction in hindsight; dynamic regret: of the best one for each segment. Both may be negative.'
      : '';
  return section(
    'While learning',
    `The ${metricInWords(metric)} of what arrives, predicted before it is learnt, against the steps of a lifetime.${band(summary)}${against}`,
    [
      curvesFigure(metricTitle(metric), metric, curves, 'steps'),
      regret.length > 0 && curvesFigure('Regret', 'regret', regret, 'steps'),
      dynamic.length > 0 && curvesFigure('Dynamic regret', 'dynamicRegret', dynamic, 'steps'),
      html`<div class="narrow">${legend(summary, curves)}</div>`,
    ],
  );
}

/**
 * Everything that only learners of streams have; undefined where there are none.
 *
 * @param plan - of the run, which says what lifetimes are like.
 */
export function streamSections(
  summary: ComparisonSummary,
  { stream: lived }: Pick<ResolvedPlan, 'stream'>,
): Html | undefined {
  const { stream } = summary.learners.find((learner) => learner.stream !== undefined) ?? {};
  if (stream === undefined) return undefined;
  const { matrixMetric, onlineMetric } = stream;
  const tested = summary.learners.some((learner) => (learner.stream?.matrix.length ?? 0) > 0);
  const read = tested ? streamHint(matrixMetric) : 'Numbers of whole lifetimes.';
  const hint = `${lived === undefined ? '' : regimeInWords(lived)} ${read}`.trim();
  return html`${section(tested ? 'Transfer' : 'Lifetimes', hint, streamTable(summary))}${remembering(summary, matrixMetric)}${matrices(summary, matrixMetric)}${online(summary, onlineMetric)}`;
}
