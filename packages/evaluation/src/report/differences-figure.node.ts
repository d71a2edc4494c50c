import * as Plot from '@observablehq/plot';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure, nameMargin } from './draw-figure.node.js';
import { formatDifference, formatProbability, isFraction } from './format.js';
import type { Html } from './html.js';

interface Difference {
  readonly name: string;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
  readonly colour: string;
}

function differencesOf(summary: ComparisonSummary): Difference[] {
  const scale = isFraction(summary.metric) ? 100 : 1;
  return summary.learners.flatMap(({ name, difference }, index) => {
    if (difference === undefined) return [];
    const { estimate, lower, upper } = difference.interval;
    const ends = [lower, upper].map((value) => scale * (Number.isFinite(value) ? value : estimate));
    return [
      {
        name,
        estimate: scale * estimate,
        lower: ends[0]!,
        upper: ends[1]!,
        text: `${formatDifference(summary.metric, difference.interval)}, p ${formatProbability(difference.adjustedPValue).replace(/^(?=\d)/, '= ')}`,
        colour: seriesColour(index),
      },
    ];
  });
}

/**
 * Differences from the best learner on the same episodes, with intervals; undefined where nothing can be compared.
 */
export function differencesFigure(summary: ComparisonSummary): Html | undefined {
  const differences = differencesOf(summary);
  if (differences.length === 0) return undefined;
  const reach = (side: 1 | -1) =>
    Math.max(0, ...differences.flatMap(({ lower, upper }) => [side * lower, side * upper])) * 1.08;
  const [left, right] = [reach(-1), reach(1)];
  const least = 0.06 * Math.max(left, right) || 1;
  const unit = isFraction(summary.metric) ? ' (percentage points)' : '';
  return drawFigure(`Difference of each learner from ${summary.best}, with 95 % intervals`, ({ narrow }) => ({
    height: 66 + (narrow ? 50 : 40) * differences.length,
    marginLeft: narrow ? 12 : nameMargin(differences.map(({ name }) => name)),
    marginRight: narrow ? 16 : 200,
    marginTop: 24,
    marginBottom: 40,
    x: {
      domain: [-Math.max(left, least), Math.max(right, least)],
      label: `difference from ${summary.best}${unit}`,
      labelArrow: 'none',
      ticks: narrow ? 4 : 6,
    },
    y: { domain: differences.map(({ name }) => name), label: null, axis: null, padding: 0.4 },
    marks: [
      Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 4 : 6 }),
      Plot.ruleX([0], { stroke: 'var(--ink-2)' }),
      Plot.ruleY(differences, {
        x1: 'lower',
        x2: 'upper',
        y: 'name',
        stroke: 'colour',
        strokeWidth: 3,
        strokeLinecap: 'round',
      }),
      Plot.dot(differences, {
        x: 'estimate',
        y: 'name',
        fill: 'colour',
        r: 5.5,
        stroke: 'var(--surface)',
        strokeWidth: 2,
        title: (each: Difference) => `${each.name}: ${each.text}`,
      }),
      narrow
        ? Plot.text(differences, {
            frameAnchor: 'left',
            y: 'name',
            dy: -17,
            textAnchor: 'start',
            text: (each: Difference) => `${each.name}  ${each.text}`,
            fill: 'var(--ink)',
          })
        : [
            Plot.text(differences, {
              frameAnchor: 'left',
              dx: -12,
              y: 'name',
              textAnchor: 'end',
              text: 'name',
              fill: 'var(--ink)',
              fontSize: 13,
            }),
            Plot.text(differences, {
              frameAnchor: 'right',
              dx: 14,
              y: 'name',
              textAnchor: 'start',
              text: 'text',
              fill: 'var(--ink)',
            }),
          ],
    ],
  }));
}
