import * as Plot from '@observablehq/plot';
import type { ComparisonSummary, EpisodePoint, LearnerSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure } from './draw-figure.node.js';
import { formatValue, isFraction } from './format.js';
import type { Html } from './html.js';
import { spreadLabels } from './spread-labels.js';

interface Point extends EpisodePoint {
  readonly name: string;
  readonly colour: string;
  readonly dashed: boolean;
  /** From 1, as people count. */
  readonly place: number;
}

function pointsOf(
  { learners }: ComparisonSummary,
  metric: string,
  curve: (learner: LearnerSummary) => readonly EpisodePoint[],
): Point[] {
  const within = (value: number) => (isFraction(metric) ? Math.min(1, Math.max(0, value)) : value);
  return learners.flatMap((learner, index) =>
    curve(learner).map((point) => ({
      ...point,
      lower: within(point.lower),
      upper: within(point.upper),
      place: point.episode + 1,
      name: learner.name,
      colour: seriesColour(index),
      dashed: learner.reference === true,
    })),
  );
}

/**
 * A metric against the episode within the trial, with 95 % intervals; the exploration episodes are shaded.
 *
 * @param title - of the vertical axis.
 * @param metric - decides about percent.
 * @param curve - picks the curve of a learner.
 * @returns undefined where trials have one episode, or none was tested.
 */
export function adaptationFigure(
  title: string,
  metric: string,
  summary: ComparisonSummary,
  curve: (learner: LearnerSummary) => readonly EpisodePoint[],
): Html | undefined {
  const points = pointsOf(summary, metric, curve);
  const episodes = Math.max(0, ...points.map(({ place }) => place));
  if (episodes < 2) return undefined;
  const explored = Math.max(...summary.learners.map(({ control }) => control?.explorationEpisodes ?? 0));
  const bounds = points.flatMap(({ lower, upper }) => [lower, upper]);
  const room = 0.05 * (Math.max(...bounds) - Math.min(...bounds)) || 1;
  const [low, high] = isFraction(metric) ? [0, 1] : [Math.min(...bounds) - room, Math.max(...bounds) + room];
  const ends = points.filter(({ place }) => place === episodes);
  return drawFigure(`${title} against the episode of a trial`, ({ narrow }) => {
    const height = narrow ? 250 : 300;
    const [marginTop, marginBottom] = [26, 40];
    const pixels = (value: number) =>
      marginTop + ((high - value) / (high - low)) * (height - marginTop - marginBottom);
    const shifts = spreadLabels(ends, pixels);
    const solid = points.filter(({ dashed }) => !dashed);
    const dashed = points.filter((point) => point.dashed);
    const line = { x: 'place', y: 'value', z: 'name', stroke: 'colour', strokeWidth: 2 } as const;
    return {
      height,
      marginTop,
      marginBottom,
      marginLeft: 52,
      marginRight: narrow ? 20 : 150,
      x: {
        domain: [0.8, episodes + 0.2],
        label: 'episode of the trial',
        labelArrow: 'none',
        labelAnchor: 'center',
        ticks: Array.from({ length: episodes }, (_, index) => index + 1).filter(
          (place) => episodes <= 12 || place % Math.ceil(episodes / 12) === 0,
        ),
        tickFormat: (place: number) => String(place),
      },
      y: {
        domain: [low, high],
        label: title,
        labelArrow: 'none',
        ticks: 5,
        ...(isFraction(metric) ? { tickFormat: '.0%' } : {}),
      },
      marks: [
        ...(explored === 0
          ? []
          : [
              Plot.rectX([explored], {
                x1: 0.8,
                x2: () => explored + 0.5,
                fill: 'var(--grid)',
                fillOpacity: 0.5,
              }),
            ]),
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
        Plot.areaY(points, {
          x: 'place',
          y1: 'lower',
          y2: 'upper',
          z: 'name',
          fill: 'colour',
          fillOpacity: 0.14,
        }),
        Plot.lineY(solid, line),
        Plot.lineY(dashed, { ...line, strokeDasharray: '5 4', strokeWidth: 1.5 }),
        Plot.dot(solid, {
          x: 'place',
          y: 'value',
          fill: 'colour',
          r: 3.5,
          stroke: 'var(--surface)',
          strokeWidth: 1.5,
          title: (point: Point) =>
            `${point.name}, episode ${point.place}: ${formatValue(metric, point.value)}`,
        }),
        ...(narrow
          ? []
          : ends.map((end) =>
              Plot.text([end], {
                x: 'place',
                y: 'value',
                dx: 12,
                dy: shifts.get(end) ?? 0,
                textAnchor: 'start',
                text: () => `${end.name} ${formatValue(metric, end.value)}`,
                fill: 'var(--ink)',
              }),
            )),
      ],
    };
  });
}
