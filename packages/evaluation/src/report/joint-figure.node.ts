import * as Plot from '@observablehq/plot';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { drawFigure, nameMargin } from './draw-figure.node.js';
import { formatValue, isFraction, metricTitle } from './format.js';
import type { Html } from './html.js';

interface TaskBar {
  readonly task: string;
  readonly learner: string;
  readonly value: number;
  readonly colour: string;
  readonly text: string;
}

/** Above so many tasks, a line of dots for each. */
const BARS = 10;

function barsOf({ learners, metric }: ComparisonSummary): TaskBar[] {
  return learners.flatMap(({ name, joint }, index) =>
    (joint?.tasks ?? []).flatMap(({ task, metrics }) => {
      const value = metrics[metric];
      if (value === undefined) return [];
      const text = `${task}, ${name}: ${formatValue(metric, value)}`;
      return [{ task, learner: name, value, colour: seriesColour(index), text }];
    }),
  );
}

/** The ranking metric of each task, by learner: bars, or dots where there are many tasks. Undefined without joint tasks. */
export function jointFigure(summary: ComparisonSummary): Html | undefined {
  const bars = barsOf(summary);
  if (bars.length === 0) return undefined;
  const tasks = [...new Set(bars.map(({ task }) => task))];
  const learners = [...new Set(bars.map(({ learner }) => learner))];
  const few = tasks.length <= BARS;
  const values = bars.map(({ value }) => value);
  const percent = isFraction(summary.metric);
  const least = Math.min(...values);
  const margin = 0.05 * (Math.max(...values) - least || 1);
  const domain = few
    ? [Math.min(0, least), percent ? 1 : Math.max(0, ...values)]
    : [least - margin, Math.max(...values) + margin];
  const marks = { fill: 'colour', title: 'text' } as const;
  return drawFigure(`${metricTitle(summary.metric)} of each task, by learner`, ({ narrow }) => ({
    height: 60 + tasks.length * (few ? 14 + 12 * learners.length : 18),
    marginLeft: narrow ? Math.min(120, nameMargin(tasks)) : nameMargin(tasks),
    marginRight: 20,
    marginTop: 22,
    marginBottom: 32,
    x: { domain, label: null, ticks: narrow ? 4 : 6, ...(percent ? { tickFormat: '.0%' } : {}) },
    ...(few
      ? {
          fy: { domain: tasks, label: null, padding: 0.2 },
          y: { domain: learners, axis: null, padding: 0.1 },
        }
      : { y: { domain: tasks, label: null, type: 'point' as const } }),
    marks: [
      Plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: narrow ? 4 : 6 }),
      few
        ? Plot.barX(bars, { x: 'value', fy: 'task', y: 'learner', rx2: 3, ...marks })
        : Plot.dot(bars, { x: 'value', y: 'task', r: 4.5, stroke: 'var(--surface)', ...marks }),
    ],
  }));
}
