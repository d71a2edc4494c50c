import * as Plot from '@observablehq/plot';
import type { HostTensor } from '@tasklearn/core';
import { seriesColour } from './colours.js';
import { drawFigure } from './draw-figure.node.js';
import type { Html } from './html.js';
import type { ExampleEpisodes } from './report-data.js';

/** Points (x, y) of one episode, from tensors [E, B, ...] with one number per item. */
function pointsOf(inputs: HostTensor, targets: HostTensor, episode: number): { x: number; y: number }[] {
  const items = inputs.shape[1] ?? 0;
  return Array.from({ length: items }, (_, item) => ({
    x: inputs.data[episode * items + item]!,
    y: targets.data[episode * items + item]!,
  }));
}

/**
 * One regression task on a line: the true query points, the support points and what each learner predicts.
 *
 * @param episode - place among the examples, from 0.
 */
export function regressionFigure(examples: ExampleEpisodes, episode: number): Html {
  const truth = pointsOf(examples.query.inputs, examples.query.targets, episode).sort((a, b) => a.x - b.x);
  const shown = pointsOf(examples.support.inputs, examples.support.targets, episode);
  const lines = examples.predictions.map(({ learner, mean }, index) => ({
    learner,
    colour: seriesColour(index),
    points: pointsOf(examples.query.inputs, mean, episode).sort((a, b) => a.x - b.x),
  }));
  return drawFigure(`Episode ${episode + 1}: support points, truth and predictions`, ({ narrow }) => ({
    width: narrow ? 350 : 350,
    height: 240,
    marginLeft: 36,
    marginTop: 16,
    x: { label: 'x', labelArrow: 'none', ticks: 5 },
    y: { label: 'y', labelArrow: 'none', ticks: 5, nice: true },
    marks: [
      Plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
      ...lines.map(({ learner, colour, points }) =>
        Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2, title: () => learner }),
      ),
      Plot.dot(truth, {
        x: 'x',
        y: 'y',
        stroke: 'var(--ink-2)',
        strokeWidth: 1.5,
        r: 3,
        fill: 'var(--surface)',
      }),
      Plot.dot(shown, {
        x: 'x',
        y: 'y',
        fill: 'var(--ink)',
        stroke: 'var(--surface)',
        strokeWidth: 1.5,
        r: 4.5,
      }),
    ],
  }));
}
