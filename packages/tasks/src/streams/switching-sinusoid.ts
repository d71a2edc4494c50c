import {
  type Rng,
  requireInRange,
  requireInteger,
  requireNonNegative,
  type Split,
  type Stream,
  type StreamDistribution,
} from '@tasklearn/core';

/** Options of sinusoids that change without notice. */
export type SwitchingSinusoidOptions = {
  /** T, points of a lifetime. */
  readonly length: number;
  /** λ, probability that a new sinusoid begins at a point. */
  readonly hazard: number;
  /** Standard deviation of the noise of a target. */
  readonly noise: number;
  /** Whether the learner is told the number of the segment: for oracles. */
  readonly told: boolean;
};

/** A hundred points, a change every twenty on average, noise 0.1, nothing told. */
export const switchingSinusoidDefaults: SwitchingSinusoidOptions = {
  length: 100,
  hazard: 0.05,
  noise: 0.1,
  told: false,
};

/** Number of the segment of every point: geometric lengths of mean 1/λ. */
function segmentsOf({ length, hazard }: SwitchingSinusoidOptions, rng: Rng): Int32Array {
  const segments = new Int32Array(length);
  for (let t = 1; t < length; t++) segments[t] = (segments[t - 1] as number) + (rng.next() < hazard ? 1 : 0);
  return segments;
}

/**
 * y = A sin(x − p) + noise, A ~ U[0.1, 5], p ~ U[0, π], x ~ U[−5, 5], with A and p drawn anew with probability λ at every point:
 * a stream of tasks whose boundaries nobody tells, unless asked to. `task` of a step is the number of its segment.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Harrison, Sharma, Finn, Pavone. Continuous Meta-Learning without Tasks. NeurIPS 2020, section 5.1. arXiv:1912.08866.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { switchingSinusoid } from '@tasklearn/tasks';
 *
 * const { stream } = switchingSinusoid({ hazard: 0 });
 * stream('test', 0, createRng(0)).step(99).task; // => 0
 * ```
 */
export function switchingSinusoid(given: Partial<SwitchingSinusoidOptions> = {}): StreamDistribution {
  const id = '@tasklearn/tasks/switching-sinusoid';
  const options = { ...switchingSinusoidDefaults, ...given };
  requireInteger(id, options, 'length');
  requireInRange(id, options, 'hazard', 0, 1);
  requireNonNegative(id, options, 'noise');
  const { length, noise, told } = options;
  const lifetime = (rng: Rng): Stream => {
    const segments = segmentsOf(options, rng.split('switches'));
    const point = (t: number) => {
      const task = segments[t] as number;
      const sinusoid = rng.split('segment').split(task);
      const [amplitude, phase] = [0.1 + 4.9 * sinusoid.next(), Math.PI * sinusoid.next()];
      const own = rng.split('point').split(t);
      const x = -5 + 10 * own.next();
      const expected = amplitude * Math.sin(x - phase);
      return { task, x, expected, y: expected + noise * own.gaussian() };
    };
    return {
      length,
      step(t) {
        const { task, x, y } = point(t);
        const number = (value: number) =>
          ({ dtype: 'float32', shape: [1, 1], data: Float32Array.of(value) }) as const;
        return { inputs: number(x), targets: number(y), task };
      },
      comparators: () => ({
        dynamic: Array.from({ length }, (_, t) => {
          const { expected, y } = point(t);
          return (y - expected) ** 2;
        }),
      }),
    };
  };
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [1], dtype: 'float32', minimum: -5, maximum: 5 },
      target: { kind: 'regression', shape: [1] },
      loss: 'meanSquaredError',
      order: 'piecewise',
      boundaries: 'continuous',
      boundariesKnown: told,
      batchSize: 1,
      tasks: 1,
      storage: Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) => lifetime(rng.split(split).split(index)),
  };
}
