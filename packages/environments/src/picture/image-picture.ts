import type { ControlDistribution } from '@tasklearn/core';
import { coordinate, label } from '../drawing/svg.js';

/** One image as squares of grey; 0 is left out, so that the page shows through. */
function squares(pixels: Float32Array, at: number, size: number, left: number, side: number): string {
  const width = side / size;
  const drawn: string[] = [`<rect x="${left}" y="0" width="${side}" height="${side}" fill="#000"/>`];
  for (let index = 0; index < size * size; index += 1) {
    const value = Math.round(255 * (pixels[at + index] as number));
    if (value < 3) continue;
    const x = coordinate(left + (index % size) * width);
    const y = coordinate(Math.floor(index / size) * width);
    const grey = value.toString(16).padStart(2, '0').repeat(3);
    drawn.push(
      `<rect x="${x}" y="${y}" width="${coordinate(width)}" height="${coordinate(width)}" fill="#${grey}"/>`,
    );
  }
  return drawn.join('');
}

const wrap = (width: number, height: number, title: string, parts: readonly string[]) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`;

/** Pictures of worlds that are observed as images: what the agent sees, and moments of an episode side by side. */
export function imagePicture(
  size: number,
  images: number,
  title: string,
): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const side = 160;
  const gap = 8;
  return {
    draw(task, trajectories) {
      const { observations, length } = trajectories[0] ?? {
        observations: new Float32Array(images * size * size),
        length: 0,
      };
      const moments = [0, 1, 2, 3, 4].map((fifth) => Math.round((fifth * length) / 4));
      const strip = moments.map((step, index) =>
        squares(observations, step * images * size * size, size, index * (96 + gap), 96),
      );
      const labels = moments.map((step, index) => label(index * (96 + gap) + 48, 106, 10, `step ${step}`));
      return wrap(5 * (96 + gap), 116, `${title}, task ${task.id}`, [...strip, ...labels]);
    },
    drawFrame: (task, observation) =>
      wrap(
        images * (side + gap),
        side,
        `${title}, task ${task.id}`,
        Array.from({ length: images }, (_, image) =>
          squares(observation, image * size * size, size, image * (side + gap), side),
        ),
      ),
  };
}
