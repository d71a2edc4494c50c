import * as Plot from '@observablehq/plot';
import type { StreamSummary } from '../summary/comparison-summary.js';
import { drawFigure } from './draw-figure.node.js';
import { formatValue, isFraction } from './format.js';
import type { Html } from './html.js';

interface Place {
  readonly task: number;
  readonly after: number;
  readonly value: number;
  /** 0 is the worst and 1 the best. */
  readonly share: number;
}

/** Above so many tasks, numbers would not fit their places. */
const WRITTEN = 7;

/**
 * The accuracy matrix as a heat map: a row for each number of tasks learnt, a column for each task, darker where the learner is
 * better. Forgetting is a column that fades downwards.
 *
 * @param name - the learner's.
 * @param colour - CSS colour.
 * @param range - of all values that are drawn side by side.
 */
export function streamMatrixFigure(
  name: string,
  colour: string,
  { matrix, matrixMetric }: Pick<StreamSummary, 'matrix' | 'matrixMetric'>,
  [least, most]: readonly [number, number],
): Html {
  const fraction = isFraction(matrixMetric);
  const shareOf = (value: number) =>
    fraction ? value : most === least ? 1 : 1 - (value - least) / (most - least);
  const places: Place[] = matrix.flatMap((row, after) =>
    row.map((value, task) => ({ task: task + 1, after, value, share: shareOf(value) })),
  );
  const tasks = matrix[0]?.length ?? 0;
  const every = Math.ceil(tasks / 10);
  const ticks = Array.from({ length: tasks }, (_, task) => task + 1).filter((task) => task % every === 0);
  const text = ({ value }: Place) =>
    fraction ? `${Math.round(100 * value)}` : formatValue(matrixMetric, value);
  return drawFigure(`Scores of ${name} on every task after every task`, () => ({
    width: 330,
    height: 330,
    marginLeft: 44,
    marginBottom: 38,
    marginTop: 8,
    marginRight: 10,
    padding: 0.06,
    opacity: { type: 'identity' as const },
    x: {
      label: 'task tested',
      labelArrow: 'none' as const,
      labelAnchor: 'center' as const,
      ticks,
      tickSize: 0,
    },
    y: {
      label: 'tasks learnt',
      labelArrow: 'none' as const,
      labelAnchor: 'center' as const,
      ticks: [0, ...ticks],
      tickSize: 0,
    },
    marks: [
      Plot.cell(places, { x: 'task', y: 'after', fill: 'var(--grid)', fillOpacity: 0.35 }),
      Plot.cell(places, {
        x: 'task',
        y: 'after',
        fill: colour,
        fillOpacity: 'share',
        title: ({ task, after, value }: Place) =>
          `task ${task} after ${after}: ${formatValue(matrixMetric, value)}`,
      }),
      ...(tasks <= WRITTEN
        ? [Plot.text(places, { x: 'task', y: 'after', text, fill: 'var(--ink)', fontSize: 11 })]
        : []),
    ],
  }));
}
