import * as Plot from '@observablehq/plot';
import { Window } from 'happy-dom';
import { type Html, html, markup } from './html.js';

/** A width that a figure is drawn for: a page on a desk, or on a phone. */
export interface FigureSize {
  readonly width: number;
  readonly narrow: boolean;
}

const sizes: readonly FigureSize[] = [
  { width: 720, narrow: false },
  { width: 350, narrow: true },
];

/** Plot builds its SVG in a document; a server has none of its own. */
let shared: Document | undefined;

function documentForPlot(): Document {
  shared ??= new Window().document as unknown as Document;
  return shared;
}

const common = {
  style: { fontFamily: 'inherit', fontSize: '12px', overflow: 'visible' },
} satisfies Plot.PlotOptions;

/**
 * Draws a figure as SVG in the page, once for wide and once for narrow screens; a media query shows one of them.
 *
 * @param label - what it shows, for readers who cannot see it.
 * @param options - the plot at a size. Colours are CSS variables of the page, so that they follow light and dark.
 * @returns a `<figure>`.
 */
export function drawFigure(label: string, options: (size: FigureSize) => Plot.PlotOptions): Html {
  const drawings = sizes.map((size) => {
    const svg = Plot.plot({ ...common, width: size.width, ...options(size), document: documentForPlot() });
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    return html`<div class="${size.narrow ? 'narrow' : 'wide'}">${markup(svg.outerHTML)}</div>`;
  });
  return html`<figure>${drawings}</figure>`;
}

/**
 * Room on the left for names of 13 pixels, in pixels.
 *
 * @param names - to be written there.
 */
export function nameMargin(names: readonly string[]): number {
  return Math.min(260, Math.max(90, 24 + 7.1 * Math.max(...names.map((name) => name.length))));
}
