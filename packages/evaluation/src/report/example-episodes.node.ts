import type { EpisodeTruth, HostTensor } from '@tasklearn/core';
import { seriesColour } from './colours.js';
import { type Html, html } from './html.js';
import { encodePng } from './png.node.js';
import { regressionFigure } from './regression-figure.node.js';
import type { ExampleEpisodes } from './report-data.js';

/** Slice `index` of the leading axis. */
function sliceOf({ data, shape, dtype }: HostTensor, index: number): HostTensor {
  const rest = shape.slice(1);
  const size = rest.reduce((product, length) => product * length, 1);
  return { dtype, shape: rest, data: data.slice(index * size, (index + 1) * size) };
}

/** Class 0 is A, 25 is Z, 26 is AA. */
function classLetter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : classLetter(Math.floor(index / 26) - 1) + last;
}

/** Names of classes where the distribution tells them, else their letters. */
function classTitle(index: number, truth: EpisodeTruth | undefined): string {
  const name = truth?.classNames?.[index];
  return name === undefined ? `class ${classLetter(index)}` : `class ${classLetter(index)}: ${name}`;
}

/** An input as a picture, if it has the shape of one. */
function picture(input: HostTensor, title: string): Html {
  const [height = 0, width = 0, channels = 1] = input.shape;
  const isPicture = input.shape.length >= 2 && (channels === 1 || channels === 3);
  if (!isPicture) {
    const numbers = [...input.data.slice(0, 4)].map((value) => value.toFixed(2)).join(', ');
    return html`<span class="vector" title="${title}">${numbers}${input.data.length > 4 && ' …'}</span>`;
  }
  const png = encodePng(input.data, height, width, channels === 3 ? 3 : 1);
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return html`<img class="${channels === 3 ? 'photo' : 'ink'}" src="${source}" alt="${title}" title="${title}" width="${width}" height="${height}">`;
}

function supportStrip(inputs: HostTensor, targets: HostTensor, truth: EpisodeTruth | undefined): Html {
  const classes = [...new Set(targets.data)].sort((a, b) => a - b);
  return html`<div class="support">${classes.map((label) => {
    const items = [...targets.data].flatMap((target, item) => (target === label ? [item] : [])).slice(0, 5);
    const title = classTitle(label, truth);
    return html`<div class="class" title="${title}"><b>${classLetter(label)}</b>${items.map((item) => picture(sliceOf(inputs, item), title))}</div>`;
  })}</div>`;
}

/** One learner's probabilities for one query item: a cell per class, darker for more, the true class framed. */
function probabilityStrip(name: string, colour: string, probabilities: HostTensor, label: number): Html {
  const values = [...probabilities.data];
  const guess = values.indexOf(Math.max(...values));
  const right = guess === label;
  const cells = values.map((p, index) => {
    const percent = Math.round(100 * p);
    return html`<i class="${index === label ? 'true' : ''}" style="--p:${p.toFixed(3)}" title="${classLetter(index)}: ${percent} %"></i>`;
  });
  const verdict = `${name} says ${classLetter(guess)} with ${Math.round(100 * Math.max(...values))} %, ${right ? 'right' : 'wrong'}`;
  return html`<div class="guess" style="--colour:${colour}"><span class="name">${name}</span><span class="cells" role="img" aria-label="${verdict}">${cells}</span><span class="${right ? 'mark right' : 'mark wrong'}">${classLetter(guess)} ${right ? '✓' : '✗'}</span></div>`;
}

/** Places of the query items by class. */
function itemsByClass(targets: HostTensor): number[] {
  return [...targets.data.keys()].sort((a, b) => targets.data[a]! - targets.data[b]!);
}

function classificationEpisode(examples: ExampleEpisodes, episode: number): Html {
  const truth = examples.truths[episode];
  const support = {
    inputs: sliceOf(examples.support.inputs, episode),
    targets: sliceOf(examples.support.targets, episode),
  };
  const query = {
    inputs: sliceOf(examples.query.inputs, episode),
    targets: sliceOf(examples.query.targets, episode),
  };
  const cards = itemsByClass(query.targets).map((item) => {
    const label = query.targets.data[item]!;
    const guesses = examples.predictions.map(({ learner, mean }, index) =>
      probabilityStrip(learner, seriesColour(index), sliceOf(sliceOf(mean, episode), item), label),
    );
    return html`<div class="card"><div class="asked">${picture(sliceOf(query.inputs, item), classTitle(label, truth))}<small>${classLetter(label)}</small></div><div class="guesses">${guesses}</div></div>`;
  });
  return html`<div class="episode"><h3>Episode ${episode + 1}</h3>
<p class="hint">What the learners are shown, one column per class</p>${supportStrip(support.inputs, support.targets, truth)}
<p class="hint">What they are asked, and the probability each gives to every class</p><div class="cards">${cards}</div></div>`;
}

/**
 * A few test episodes: for classification the support set, some query items and every learner's class probabilities;
 * for regression from one number to one, the points and every learner's curve.
 *
 * @returns undefined where the inputs cannot be drawn.
 */
export function exampleEpisodes(examples: ExampleEpisodes): Html | undefined {
  const count = examples.support.inputs.shape[0] ?? 0;
  const episodes = Array.from({ length: count }, (_, episode) => episode);
  if (examples.target === 'classification') {
    return html`${episodes.map((episode) => classificationEpisode(examples, episode))}`;
  }
  const perInput = examples.query.inputs.shape.slice(2).reduce((product, length) => product * length, 1);
  const perTarget = examples.query.targets.shape.slice(2).reduce((product, length) => product * length, 1);
  if (perInput !== 1 || perTarget !== 1) return undefined;
  return html`<div class="grid">${episodes.map((episode) => regressionFigure(examples, episode))}</div>`;
}
