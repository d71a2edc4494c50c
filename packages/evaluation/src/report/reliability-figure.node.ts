import * as Plot from '@observablehq/plot';
import type { ReliabilityBin } from '../statistics/reliability-bins.js';
import type { CalibrationSummary } from '../summary/comparison-summary.js';
import { drawFigure } from './draw-figure.node.js';
import type { Html } from './html.js';

/** Predictions that a bin needs for its accuracy to mean something; bins with fewer are drawn hollow. */
const ENOUGH = 20;

/**
 * Reliability diagram: for each bin of confidence, how often predictions in it are right. On the diagonal, confidence
 * means what it says; the bars below show how many predictions each bin holds.
 *
 * @param name - the learner's.
 * @param colour - CSS colour.
 */
export function reliabilityFigure(
  name: string,
  colour: string,
  { bins, expected }: CalibrationSummary,
): Html {
  const filled = bins.filter(({ count }) => count > 0);
  const sure = filled.filter(({ count }) => count >= ENOUGH);
  const most = Math.max(...bins.map(({ count }) => count));
  const label = `Reliability of ${name}: expected calibration error ${(100 * expected).toFixed(1)} %`;
  return drawFigure(label, ({ narrow }) => ({
    width: narrow ? 320 : 330,
    height: 300,
    marginLeft: 44,
    marginBottom: 38,
    marginTop: 22,
    marginRight: 10,
    x: {
      domain: [0, 1],
      label: 'confidence',
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: 5,
      tickFormat: '.0%',
    },
    y: { domain: [0, 1], label: 'share right', labelArrow: 'none', ticks: 5, tickFormat: '.0%' },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
      Plot.rectY(bins, {
        x1: 'lower',
        x2: 'upper',
        y1: 0,
        y2: (bin: ReliabilityBin) => (0.2 * bin.count) / most,
        fill: colour,
        fillOpacity: 0.22,
        inset: 0.75,
        title: (bin: ReliabilityBin) => `${bin.count} predictions`,
      }),
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'var(--ink-2)', strokeDasharray: '4 4' },
      ),
      Plot.link(sure, {
        x1: 'confidence',
        x2: 'confidence',
        y1: 'confidence',
        y2: 'accuracy',
        stroke: colour,
        strokeOpacity: 0.45,
        strokeWidth: 2,
      }),
      Plot.line(sure, { x: 'confidence', y: 'accuracy', stroke: colour, strokeWidth: 2 }),
      Plot.dot(filled, {
        x: 'confidence',
        y: 'accuracy',
        fill: ({ count }: ReliabilityBin) => (count >= ENOUGH ? colour : 'var(--surface)'),
        r: 4,
        stroke: ({ count }: ReliabilityBin) => (count >= ENOUGH ? 'var(--surface)' : colour),
        strokeWidth: 1.5,
        title: (bin: ReliabilityBin) =>
          `confidence ${(100 * bin.confidence).toFixed(1)} %, right ${(100 * bin.accuracy).toFixed(1)} % of ${bin.count}`,
      }),
    ],
  }));
}
