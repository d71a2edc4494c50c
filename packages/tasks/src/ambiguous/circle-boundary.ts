import { type EpisodeSpec, type EpisodicDistribution, type Rng, requireInteger } from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';

/** Options of the circle boundary. */
export type CircleBoundaryOptions = {
  /** Query points, >= 1. */
  readonly queries: number;
};

/** Twenty queries. */
export const circleBoundaryDefaults: CircleBoundaryOptions = { queries: 20 };

/** A disc. */
export type Circle = { readonly x: number; readonly y: number; readonly radius: number };

const CENTRE = 1.5;
const [LEAST_RADIUS, MOST_RADIUS] = [0.4, 1.5];
const FIELD = 2.5;

/** Whether a point lies in the disc, its edge included. */
export function isInsideCircle({ x, y, radius }: Circle, at: readonly [number, number]): boolean {
  return (at[0] - x) ** 2 + (at[1] - y) ** 2 <= radius ** 2;
}

function drawCircle(rng: Rng): Circle {
  const between = (low: number, high: number) => low + (high - low) * rng.next();
  return {
    x: between(-CENTRE, CENTRE),
    y: between(-CENTRE, CENTRE),
    radius: between(LEAST_RADIUS, MOST_RADIUS),
  };
}

/** Uniform in the disc. */
function drawInside({ x, y, radius }: Circle, rng: Rng): readonly [number, number] {
  const [distance, angle] = [radius * Math.sqrt(rng.next()), 2 * Math.PI * rng.next()];
  return [x + distance * Math.cos(angle), y + distance * Math.sin(angle)];
}

/** What is known of the circle after one positive point: weighted draws from the prior. */
export type CirclePosterior = {
  /** p(query inside | point), by the weights. */
  probabilityInside(query: readonly [number, number]): number;
  /** log p(labels | point) of several queries at once; 1 for inside. */
  jointLogProbability(queries: readonly (readonly [number, number])[], labels: ArrayLike<number>): number;
};

/**
 * The posterior over circles by importance sampling from the prior: weight 1[point inside] / radius², for the point is uniform
 * in the disc.
 *
 * @param draws - from the prior; errors fall as one over their root.
 */
export function circlePosterior(point: readonly [number, number], rng: Rng, draws = 20_000): CirclePosterior {
  const kept: { readonly circle: Circle; readonly weight: number }[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const circle = drawCircle(rng);
    if (isInsideCircle(circle, point)) kept.push({ circle, weight: 1 / circle.radius ** 2 });
  }
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  const share = (holds: (circle: Circle) => boolean) =>
    kept.reduce((sum, { circle, weight }) => sum + (holds(circle) ? weight : 0), 0) / total;
  return {
    probabilityInside: (query) => share((circle) => isInsideCircle(circle, query)),
    jointLogProbability: (queries, labels) =>
      Math.log(
        share((circle) => queries.every((query, at) => isInsideCircle(circle, query) === (labels[at] === 1))),
      ),
  };
}

/**
 * Is a point inside a circle of which one inner point is known? One support point, always positive, so that many circles fit:
 * only a distribution over boundaries can say which labels go together.
 *
 * Centre ~ U[−1.5, 1.5]², radius ~ U[0.4, 1.5], the support point uniform in the disc, queries ~ U[−2.5, 2.5]²; label 1 is inside.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { circleBoundary } from '@tasklearn/tasks';
 *
 * const { support } = circleBoundary().episodes('train', 0, 3, createRng(0));
 * [...support.labelled.targets.data]; // => [1, 1, 1]
 * ```
 */
export function circleBoundary(options: Partial<CircleBoundaryOptions> = {}): EpisodicDistribution {
  const complete = { ...circleBoundaryDefaults, ...options };
  const id = '@tasklearn/tasks/circle-boundary';
  requireInteger(id, complete, 'queries');
  const { queries } = complete;
  const spec: EpisodeSpec = {
    input: { shape: [2], dtype: 'float32', minimum: -3, maximum: 3 },
    target: { kind: 'classification', classes: 2 },
    loss: 'crossEntropy',
    ways: 2,
    supportSize: 1,
    querySize: queries,
  };
  return {
    kind: 'episodic',
    id,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = episodeBuffers(spec, count)) {
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const circle = drawCircle(own.split('task'));
        into.support.labelled.inputs.data.set(drawInside(circle, own.split('support')), 2 * task);
        into.support.labelled.targets.data[task] = 1;
        const stream = own.split('query');
        for (let at = task * queries; at < (task + 1) * queries; at++) {
          const point = [FIELD * (2 * stream.next() - 1), FIELD * (2 * stream.next() - 1)] as const;
          into.query.inputs.data.set(point, 2 * at);
          into.query.targets.data[at] = isInsideCircle(circle, point) ? 1 : 0;
        }
      }
      return into;
    },
    truth: (split, index, rng) => ({
      parameters: drawCircle(rng.split(split).split(index).split('task')),
    }),
  };
}
