import * as Plot from '@observablehq/plot';
import { isHigherBetter } from '../rows/metrics.js';
import { performanceProfile } from '../statistics/performance-profile.js';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure } from './draw-figure.node.js';
import { isFraction, metricTitle } from './format.js';
import type { Html } from './html.js';

/** Performance profiles over seeds: for each threshold, the share of runs whose mean is better than it. */
export function profileFigure(summary: ComparisonSummary): Html {
  const sign = isHigherBetter(summary.metric) ? 1 : -1;
  const all = summary.learners.flatMap(({ seedMeans }) => seedMeans);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const margin = 0.08 * (high - low) || 0.05 * Math.abs(high) || 0.05;
  const thresholds = Array.from(
    { length: 201 },
    (_, i) => low - margin + (i / 200) * (high - low + 2 * margin),
  );
  const lines = summary.learners.flatMap(({ name, seedMeans }, index) => {
    if (seedMeans.length === 0) return [];
    const scores = seedMeans.map((value) => sign * value);
    const shares = performanceProfile(
      scores,
      thresholds.map((threshold) => sign * threshold),
    );
    return shares.map((share, i) => ({
      name,
      colour: seriesColour(index),
      threshold: thresholds[i]!,
      share,
    }));
  });
  return drawFigure('Share of runs better than a threshold', ({ narrow }) => ({
    height: narrow ? 230 : 260,
    marginLeft: 44,
    marginTop: 24,
    marginBottom: 40,
    x: {
      label: `${metricTitle(summary.metric)} threshold`,
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: narrow ? 4 : 7,
      ...(isFraction(summary.metric) ? { tickFormat: '.0%' } : {}),
    },
    y: { domain: [0, 1], label: 'share of runs', labelArrow: 'none', ticks: 4, tickFormat: '.0%' },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 4 }),
      Plot.line(lines, {
        x: 'threshold',
        y: 'share',
        z: 'name',
        stroke: 'colour',
        strokeWidth: 2,
        curve: sign === 1 ? 'step-after' : 'step-before',
      }),
    ],
  }));
}
