import {
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodeTruth,
  type EpisodicDistribution,
  fillUniform,
  type HostTensor,
  type Rng,
  requireInteger,
  requirePositive,
  type Split,
  TasklearnError,
} from '@tasklearn/core';

/** Options of the sinusoid family y = A sin(x − p). */
export type SinusoidOptions = {
  /** K, support points, >= 1. */
  readonly shots: number;
  /** Query points, >= 1. */
  readonly queries: number;
  /** A ~ U[minimum, maximum]. */
  readonly amplitude: readonly [number, number];
  /** p ~ U[minimum, maximum], radians. */
  readonly phase: readonly [number, number];
  /** x ~ U[minimum, maximum]. */
  readonly range: readonly [number, number];
  /** y = A sin(frequency · x − p); 1 in the paper. */
  readonly frequency: number;
  /** Query points of the test split lie on an even grid over the range instead of being drawn. */
  readonly testGrid: boolean;
};

/** The paper's family, K = 10. */
export const sinusoidDefaults: SinusoidOptions = {
  shots: 10,
  queries: 10,
  amplitude: [0.1, 5],
  phase: [0, Math.PI],
  range: [-5, 5],
  frequency: 1,
  testGrid: false,
};

function checkRange(options: SinusoidOptions, key: 'amplitude' | 'phase' | 'range'): void {
  const [minimum, maximum] = options[key];
  if (options[key].length === 2 && minimum <= maximum) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `sinusoid: option \`${key}\` must be [minimum, maximum], got [${options[key]}].`,
    { owner: 'sinusoid', key, expected: '[minimum, maximum]', received: options[key] },
  );
}

/**
 * Regression on sinusoids: tasks differ in amplitude and phase.
 *
 * y = A sin(x − p), A ~ U[0.1, 5], p ~ U[0, π], x ~ U[−5, 5]
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, section 5.1.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { sinusoids } from '@tasklearn/tasks';
 *
 * const { support } = sinusoids({ shots: 5 }).episodes('train', 0, 25, createRng(0));
 * support.labelled.inputs.shape; // => [25, 5, 1]
 * ```
 */
export function sinusoids(options: Partial<SinusoidOptions> = {}): EpisodicDistribution {
  const complete = { ...sinusoidDefaults, ...options };
  requireInteger('sinusoid', complete, 'shots', 1);
  requireInteger('sinusoid', complete, 'queries', 1);
  requirePositive('sinusoid', complete, 'frequency');
  for (const key of ['amplitude', 'phase', 'range'] as const) checkRange(complete, key);
  return new Sinusoids(complete);
}

class Sinusoids implements EpisodicDistribution {
  readonly kind = 'episodic';
  readonly id = '@tasklearn/tasks/sinusoid';
  readonly varies = ['labels'] as const;
  readonly spec: EpisodeSpec;
  readonly #options: SinusoidOptions;
  /** An episode's numbers in [0, 1): amplitude, phase, support points, query points. */
  readonly #uniform: Float32Array;

  constructor(options: SinusoidOptions) {
    this.#options = options;
    this.#uniform = new Float32Array(2 + options.shots + options.queries);
    const [minimum, maximum] = options.range;
    this.spec = {
      input: { shape: [1], dtype: 'float32', minimum, maximum },
      target: { kind: 'regression', shape: [1] },
      loss: 'meanSquaredError',
      supportSize: options.shots,
      querySize: options.queries,
    };
  }

  episodes(
    split: Split,
    first: number,
    count: number,
    rng: Rng,
    into: EpisodeBatch<HostTensor> = this.#buffers(count),
  ): EpisodeBatch<HostTensor> {
    const { shots, queries, testGrid } = this.#options;
    for (let task = 0; task < count; task++) {
      const uniform = fillUniform(rng.split(split).split(first + task), this.#uniform);
      const { amplitude, phase } = this.#parameters(uniform);
      const grid = testGrid && split === 'test';
      this.#fill(
        into.support.labelled,
        task,
        shots,
        amplitude,
        phase,
        (point) => uniform[2 + point] as number,
      );
      this.#fill(into.query, task, queries, amplitude, phase, (point) =>
        grid ? point / Math.max(1, queries - 1) : (uniform[2 + shots + point] as number),
      );
    }
    return into;
  }

  truth(split: Split, index: number, rng: Rng): EpisodeTruth {
    return { parameters: this.#parameters(fillUniform(rng.split(split).split(index), this.#uniform)) };
  }

  /** Amplitude and phase from the first two of an episode's numbers in [0, 1). */
  #parameters(uniform: Float32Array): { amplitude: number; phase: number } {
    const [low, high] = this.#options.amplitude;
    const [first, last] = this.#options.phase;
    return {
      amplitude: low + (high - low) * (uniform[0] as number),
      phase: first + (last - first) * (uniform[1] as number),
    };
  }

  #fill(
    set: EpisodeBatch<HostTensor>['query'],
    task: number,
    points: number,
    amplitude: number,
    phase: number,
    share: (point: number) => number,
  ): void {
    const { range, frequency } = this.#options;
    const [minimum, maximum] = range;
    const [inputs, targets] = [set.inputs.data, set.targets.data];
    for (let point = 0; point < points; point++) {
      const x = minimum + (maximum - minimum) * share(point);
      inputs[task * points + point] = x;
      targets[task * points + point] = amplitude * Math.sin(frequency * x - phase);
    }
  }

  #buffers(count: number): EpisodeBatch<HostTensor> {
    const set = (points: number) => {
      const tensor = () =>
        ({ dtype: 'float32', shape: [count, points, 1], data: new Float32Array(count * points) }) as const;
      return { inputs: tensor(), targets: tensor() };
    };
    return { support: { labelled: set(this.#options.shots) }, query: set(this.#options.queries) };
  }
}
