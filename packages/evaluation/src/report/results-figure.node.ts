import * as Plot from '@observablehq/plot';
import { isHigherBetter } from '../rows/metrics.js';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure, nameMargin } from './draw-figure.node.js';
import { formatInterval, isFraction, metricTitle } from './format.js';
import type { Html } from './html.js';

interface Bar {
  readonly name: string;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
  readonly colour: string;
}

function barsOf({ learners, metric: ranking }: ComparisonSummary, metric: string): Bar[] {
  const within = (end: number) => (isFraction(metric) ? Math.min(1, Math.max(0, end)) : end); // No bar beyond 100 %.
  return learners.flatMap((learner, index) => {
    const interval = metric === ranking ? learner.mean : learner.otherMetrics[metric];
    if (interval === undefined) return [];
    const { estimate, lower, upper } = interval;
    return [
      {
        name: learner.name,
        estimate,
        lower: within(Number.isFinite(lower) ? lower : estimate),
        upper: within(Number.isFinite(upper) ? upper : estimate),
        text: formatInterval(metric, interval),
        colour: seriesColour(index),
      },
    ];
  });
}

/**
 * Bars of a metric with their intervals, one per learner and reference, best first.
 *
 * @param metric - the ranking one, or one of the others.
 * @param chance - score of guessing, drawn as a line; absent where there is no such thing.
 */
export function resultsFigure(summary: ComparisonSummary, metric: string, chance?: number): Html {
  const bars = barsOf(summary, metric);
  const sign = isHigherBetter(metric) ? -1 : 1;
  const domain = [...bars].sort((a, b) => sign * (a.estimate - b.estimate)).map(({ name }) => name);
  const ends = bars.flatMap(({ lower, upper }) => [lower, upper]);
  const right = isFraction(metric) ? 1 : Math.max(0, ...ends) * 1.05;
  const left = isFraction(metric) ? 0 : Math.min(0, ...ends) * 1.05;
  return drawFigure(`${metricTitle(metric)} of each learner with 95 % intervals`, ({ narrow }) => ({
    height: 54 + (narrow ? 54 : 46) * bars.length,
    marginLeft: narrow ? 2 : nameMargin(domain),
    marginRight: narrow ? 20 : 124,
    marginTop: 22,
    marginBottom: 32,
    x: {
      domain: [left, right],
      label: null,
      ticks: narrow ? 4 : 6,
      ...(isFraction(metric) ? { tickFormat: '.0%' } : {}),
    },
    y: { domain, label: null, padding: narrow ? 0.52 : 0.42, axis: null },
    marks: [
      Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 4 : 6 }),
      Plot.barX(bars, {
        x: 'estimate',
        y: 'name',
        fill: 'colour',
        rx2: 4,
        title: (bar: Bar) => `${bar.name}: ${bar.text}`,
      }),
      ...(chance === undefined
        ? []
        : [
            Plot.ruleX([chance], { stroke: 'var(--ink-2)', strokeDasharray: '3 3' }),
            Plot.text([chance], {
              x: (x: number) => x,
              frameAnchor: 'top',
              dy: -14,
              text: () => 'guessing',
              fill: 'var(--ink-2)',
            }),
          ]),
      Plot.ruleY(bars, { x1: 'lower', x2: 'upper', y: 'name', stroke: 'var(--ink)', strokeWidth: 1.5 }),
      Plot.tickX(bars, {
        x: 'lower',
        y: 'name',
        stroke: 'var(--ink)',
        strokeWidth: 1.5,
        insetTop: 6,
        insetBottom: 6,
      }),
      Plot.tickX(bars, {
        x: 'upper',
        y: 'name',
        stroke: 'var(--ink)',
        strokeWidth: 1.5,
        insetTop: 6,
        insetBottom: 6,
      }),
      narrow
        ? Plot.text(bars, {
            x: left,
            y: 'name',
            dy: -20,
            textAnchor: 'start',
            text: (bar: Bar) => `${bar.name}   ${bar.text}`,
            fill: 'var(--ink)',
            fontSize: 13,
            stroke: 'var(--surface)',
            strokeWidth: 4,
          })
        : [
            Plot.text(bars, {
              x: left,
              dx: -12,
              y: 'name',
              textAnchor: 'end',
              text: 'name',
              fill: 'var(--ink)',
              fontSize: 13,
            }),
            Plot.text(bars, {
              x: (bar: Bar) => Math.max(0, bar.upper),
              dx: 10,
              y: 'name',
              textAnchor: 'start',
              text: 'text',
              fill: 'var(--ink)',
              fontSize: 13,
              fontWeight: 600,
            }),
          ],
    ],
  }));
}
