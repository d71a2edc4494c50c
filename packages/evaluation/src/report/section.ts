import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { seriesColour } from './colours.js';
import { type Html, type HtmlPart, html } from './html.js';

/** A part of the page with a title and a line on how to read it. */
export function section(title: string, hint: HtmlPart, content: HtmlPart): Html {
  return html`<section><h2>${title}</h2><p class="hint">${hint}</p>${content}</section>`;
}

/** Names of the learners beside their colours; of some of them where told. */
export function legend(summary: ComparisonSummary, shown?: readonly { readonly name: string }[]): Html {
  const items = summary.learners.map(
    ({ name }, index) =>
      (shown === undefined || shown.some((each) => each.name === name)) &&
      html`<li><span class="key" style="--colour:${seriesColour(index)}"></span>${name}</li>`,
  );
  return html`<ul class="legend">${items}</ul>`;
}
