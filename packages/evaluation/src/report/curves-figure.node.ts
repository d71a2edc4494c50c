import * as Plot from '@observablehq/plot';
import type { CurvePoint, LearnerSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure } from './draw-figure.node.js';
import { formatValue, isFraction } from './format.js';
import type { Html } from './html.js';
import { spreadLabels } from './spread-labels.js';

interface Point extends CurvePoint {
  readonly name: string;
  readonly colour: string;
}

/** One curve of {@link curvesFigure}. */
export interface NamedCurve {
  readonly name: string;
  /** Place of the learner in the plan. */
  readonly index: number;
  readonly points: readonly CurvePoint[];
}

/**
 * Curves of one kind of all learners that have it.
 *
 * @param learners - in the plan's order.
 * @param curve - picks the curve.
 */
export function namedCurves(
  learners: readonly LearnerSummary[],
  curve: (learner: LearnerSummary) => readonly CurvePoint[] | undefined,
): NamedCurve[] {
  return learners.flatMap((learner, index) => {
    const points = curve(learner) ?? [];
    return points.length < 2 ? [] : [{ name: learner.name, index, points }];
  });
}

/**
 * Lines over outer updates, or another count, with a band from the lowest to the highest seed, each labelled at its end.
 *
 * @param title - of the vertical axis.
 * @param metric - decides about percent.
 * @param along - what runs along the horizontal axis.
 */
export function curvesFigure(
  title: string,
  metric: string,
  curves: readonly NamedCurve[],
  along = 'outer updates',
): Html {
  const points: Point[] = curves.flatMap(({ name, index, points: own }) =>
    own.map((point) => ({ ...point, name, colour: seriesColour(index) })),
  );
  const low = isFraction(metric) ? 0 : Math.min(0, ...points.map(({ lower }) => lower));
  const high = isFraction(metric) ? 1 : Math.max(...points.map(({ upper }) => upper)) * 1.04;
  const places = new Set(points.map(({ update }) => update)).size;
  const ends = curves.map(({ name, index, points: own }) => ({
    ...own[own.length - 1]!,
    name,
    colour: seriesColour(index),
  }));
  return drawFigure(`${title} against ${along}`, ({ narrow }) => {
    const height = narrow ? 260 : 320;
    const [marginTop, marginBottom] = [26, 40];
    const pixels = (value: number) =>
      marginTop + ((high - value) / (high - low)) * (height - marginTop - marginBottom);
    const shifts = spreadLabels(ends, pixels);
    return {
      height,
      marginTop,
      marginBottom,
      marginLeft: isFraction(metric) ? 44 : 52,
      marginRight: narrow ? 14 : 140,
      x: {
        label: along,
        labelArrow: 'none',
        labelAnchor: 'center',
        ticks: Math.min(narrow ? 4 : 7, places - 1), // Whole numbers.
        nice: false,
      },
      y: {
        domain: [low, high],
        label: title,
        labelArrow: 'none',
        ticks: 5,
        ...(isFraction(metric) ? { tickFormat: '.0%' } : {}),
      },
      marks: [
        Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
        Plot.ruleY([low], { stroke: 'var(--axis)' }),
        Plot.areaY(points, {
          x: 'update',
          y1: 'lower',
          y2: 'upper',
          z: 'name',
          fill: 'colour',
          fillOpacity: 0.16,
        }),
        Plot.lineY(points, { x: 'update', y: 'value', z: 'name', stroke: 'colour', strokeWidth: 2 }),
        Plot.dot(ends, {
          x: 'update',
          y: 'value',
          fill: 'colour',
          r: 4,
          stroke: 'var(--surface)',
          strokeWidth: 2,
          title: (end: Point) => `${end.name}: ${formatValue(metric, end.value)}`,
        }),
        ...(narrow
          ? []
          : ends.map((end) =>
              Plot.text([end], {
                x: 'update',
                y: 'value',
                dx: 10,
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
