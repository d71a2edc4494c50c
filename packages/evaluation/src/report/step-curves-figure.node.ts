import * as Plot from '@observablehq/plot';
import type { ComparisonSummary, LearnerSummary, StepPoint } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure } from './draw-figure.node.js';
import { formatValue } from './format.js';
import type { Html } from './html.js';
import { spreadLabels } from './spread-labels.js';

interface Point extends StepPoint {
  readonly name: string;
  readonly colour: string;
}

interface Line {
  readonly name: string;
  readonly value: number;
  readonly colour: string;
}

/** Means of the references, drawn across the whole figure. */
function referenceLines({ learners }: ComparisonSummary): Line[] {
  return learners.flatMap(({ name, reference, mean }, index) =>
    reference && mean !== undefined ? [{ name, value: mean.estimate, colour: seriesColour(index) }] : [],
  );
}

/** 12000 as 12k, for axes. */
const short = (steps: number) =>
  steps >= 1e6
    ? `${+(steps / 1e6).toFixed(1)}M`
    : steps >= 1000
      ? `${+(steps / 1000).toFixed(1)}k`
      : `${steps}`;

/**
 * Returns against environment steps: interquartile means over seeds with their intervals.
 *
 * @param title - of the vertical axis.
 * @param curve - picks the curve of a learner.
 * @param compared - whether the references' returns on test tasks are drawn too, as dashed lines.
 * @returns undefined where no learner has such a curve.
 */
export function stepCurvesFigure(
  title: string,
  summary: ComparisonSummary,
  curve: (learner: LearnerSummary) => readonly StepPoint[],
  compared: boolean,
): Html | undefined {
  const points: Point[] = summary.learners.flatMap((learner, index) => {
    const own = curve(learner);
    return own.length < 2
      ? []
      : own.map((point) => ({ ...point, name: learner.name, colour: seriesColour(index) }));
  });
  if (points.length === 0) return undefined;
  const names = [...new Set(points.map(({ name }) => name))];
  const ends = names.map((name) => points.filter((point) => point.name === name).at(-1)!);
  const lines = compared ? referenceLines(summary) : [];
  const values = [
    ...points.flatMap(({ lower, upper }) => [lower, upper]),
    ...lines.map(({ value }) => value),
  ];
  const [bottom, top] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (top - bottom) || 1;
  const [low, high] = [bottom - room, top + room];
  const last = Math.max(...points.map(({ environmentSteps }) => environmentSteps));
  return drawFigure(`${title} against environment steps`, ({ narrow }) => {
    const height = narrow ? 270 : 340;
    const [marginTop, marginBottom] = [26, 40];
    const pixels = (value: number) =>
      marginTop + ((high - value) / (high - low)) * (height - marginTop - marginBottom);
    const labels = [
      ...ends.map(({ name, value, environmentSteps }) => ({ name, value, x: environmentSteps })),
      ...lines.map(({ name, value }) => ({ name, value, x: last })),
    ];
    const shifts = spreadLabels(labels, pixels);
    return {
      height,
      marginTop,
      marginBottom,
      marginLeft: 52,
      marginRight: narrow ? 14 : 150,
      x: {
        domain: [0, last],
        label: 'environment steps in training',
        labelArrow: 'none',
        labelAnchor: 'center',
        ticks: narrow ? 4 : 6,
        tickFormat: short,
      },
      y: { domain: [low, high], label: title, labelArrow: 'none', ticks: 5 },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
        Plot.ruleY(lines, {
          y: 'value',
          stroke: 'colour',
          strokeWidth: 1.5,
          strokeDasharray: '5 4',
          title: (line: Line) => `${line.name}: ${formatValue('return', line.value)}`,
        }),
        Plot.areaY(points, {
          x: 'environmentSteps',
          y1: 'lower',
          y2: 'upper',
          z: 'name',
          fill: 'colour',
          fillOpacity: 0.16,
        }),
        Plot.lineY(points, {
          x: 'environmentSteps',
          y: 'value',
          z: 'name',
          stroke: 'colour',
          strokeWidth: 2,
        }),
        Plot.dot(ends, {
          x: 'environmentSteps',
          y: 'value',
          fill: 'colour',
          r: 4,
          stroke: 'var(--surface)',
          strokeWidth: 2,
          title: (end: Point) => `${end.name}: ${formatValue('return', end.value)}`,
        }),
        ...(narrow
          ? []
          : labels.map((label) =>
              Plot.text([label], {
                x: 'x',
                y: 'value',
                dx: 10,
                dy: shifts.get(label) ?? 0,
                textAnchor: 'start',
                text: () => `${label.name} ${formatValue('return', label.value)}`,
                fill: 'var(--ink)',
              }),
            )),
      ],
    };
  });
}
