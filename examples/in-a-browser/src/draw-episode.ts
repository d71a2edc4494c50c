import type { EpisodeResult, EpisodicDistribution, HostTensor, Rng } from '@tasklearn/core';

const SIDE = 28;

/** One image of a set [1, B, 28, 28, 1], ink black. */
function image({ data }: HostTensor, index: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const pixels = context.createImageData(SIDE, SIDE);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
    const ink = data[index * SIDE * SIDE + pixel] as number;
    pixels.data.set([0, 0, 0, Math.round(255 * ink)], 4 * pixel);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** The class with the largest probability for item `index` of [Q, N]. */
function guess({ data, shape }: HostTensor, index: number): number {
  const ways = shape[1] as number;
  const row = data.subarray(index * ways, (index + 1) * ways);
  return row.indexOf(Math.max(...row) as never);
}

/** Draws the support set of a test episode and what was made of its queries. */
export function drawEpisode(
  into: HTMLElement,
  distribution: EpisodicDistribution,
  { index, means, targets }: EpisodeResult,
  rng: Rng,
): void {
  const { support, query } = distribution.episodes('test', index, 1, rng.split('episodes'));
  const ways = distribution.spec.ways ?? 1;
  into.style.gridTemplateColumns = `repeat(${ways}, 56px)`;
  const examples = Array.from({ length: ways }, (_, label) => image(support.labelled.inputs, label));
  const asked = Array.from({ length: targets.data.length }, (_, item) => {
    const canvas = image(query.inputs, item);
    const guessed = guess(means, item);
    canvas.className = guessed === targets.data[item] ? 'right' : 'wrong';
    canvas.title = `taken for example ${guessed + 1}`;
    return canvas;
  });
  into.replaceChildren(...examples, ...asked);
}
