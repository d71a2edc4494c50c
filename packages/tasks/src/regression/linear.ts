import {
  type EpisodeBatch,
  type EpisodicDistribution,
  fillNormal,
  type HostTensor,
  type Rng,
  requireInteger,
  requireNonNegative,
  type Split,
} from '@tasklearn/core';

/** Options of the linear family y = wᵀx + b + σε. */
export type LinearOptions = {
  /** K, support points, >= 1. */
  readonly shots: number;
  /** Query points, >= 1. */
  readonly queries: number;
  /** D, length of x, >= 1. */
  readonly dimensions: number;
  /** σ, >= 0: standard deviation of the noise on support and query targets. */
  readonly noise: number;
};

/** Ten points in the plane without noise. */
export const linearDefaults: LinearOptions = { shots: 10, queries: 10, dimensions: 1, noise: 0 };

/**
 * Linear regression; tasks differ in slope and intercept. For tests: its best solutions are known.
 *
 * y = wᵀx + b + σε, with w, b, x, ε standard normal
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { linear } from '@tasklearn/tasks';
 *
 * const { query } = linear({ dimensions: 3 }).episodes('train', 0, 8, createRng(0));
 * query.inputs.shape; // => [8, 10, 3]
 * ```
 */
export function linear(options: Partial<LinearOptions> = {}): EpisodicDistribution {
  const complete = { ...linearDefaults, ...options };
  const id = '@tasklearn/tasks/linear';
  for (const key of ['shots', 'queries', 'dimensions'] as const) requireInteger(id, complete, key, 1);
  requireNonNegative(id, complete, 'noise');
  const { shots, queries, dimensions } = complete;
  return {
    kind: 'episodic',
    id,
    varies: ['labels'],
    spec: {
      input: { shape: [dimensions], dtype: 'float32' },
      target: { kind: 'regression', shape: [1] },
      loss: 'meanSquaredError',
      supportSize: shots,
      querySize: queries,
    },
    episodes(split, first, count, rng, into = linearBuffers(complete, count)) {
      for (let task = 0; task < count; task++) {
        const normal = episodeNumbers(complete, split, first + task, rng);
        fillLine(complete, normal, 1 + dimensions, shots, into.support.labelled, task);
        fillLine(complete, normal, (1 + dimensions) * (1 + shots), queries, into.query, task);
      }
      return into;
    },
    truth(split, index, rng) {
      const normal = episodeNumbers(complete, split, index, rng);
      const weights = Array.from({ length: dimensions }, (_, axis) => [
        `weight${axis}`,
        normal[1 + axis] as number,
      ]);
      return { parameters: { intercept: normal[0] as number, ...Object.fromEntries(weights) } };
    },
  };
}

/** An episode's standard normal numbers: b, w, then x and ε of each point. */
function episodeNumbers(
  { shots, queries, dimensions }: LinearOptions,
  split: Split,
  index: number,
  rng: Rng,
): Float32Array {
  return fillNormal(
    rng.split(split).split(index),
    new Float32Array((1 + dimensions) * (1 + shots + queries)),
  );
}

function fillLine(
  { dimensions, noise }: LinearOptions,
  normal: Float32Array,
  offset: number,
  points: number,
  set: EpisodeBatch<HostTensor>['query'],
  task: number,
): void {
  for (let point = 0; point < points; point++) {
    const from = offset + point * (1 + dimensions);
    const place = task * points + point;
    let y = (normal[0] as number) + noise * (normal[from + dimensions] as number);
    for (let axis = 0; axis < dimensions; axis++) {
      const x = normal[from + axis] as number;
      set.inputs.data[place * dimensions + axis] = x;
      y += x * (normal[1 + axis] as number);
    }
    set.targets.data[place] = y;
  }
}

function linearBuffers(
  { shots, queries, dimensions }: LinearOptions,
  count: number,
): EpisodeBatch<HostTensor> {
  const tensor = (points: number, size: number) =>
    ({
      dtype: 'float32',
      shape: [count, points, size],
      data: new Float32Array(count * points * size),
    }) as const;
  const set = (points: number) => ({ inputs: tensor(points, dimensions), targets: tensor(points, 1) });
  return { support: { labelled: set(shots) }, query: set(queries) };
}
