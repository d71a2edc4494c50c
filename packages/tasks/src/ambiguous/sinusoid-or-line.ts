import {
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
  requireInteger,
  requireNonNegative,
  type Split,
} from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';

/** Options of the family of sinusoids and lines. */
export type SinusoidOrLineOptions = {
  /** K, support points, >= 1. */
  readonly shots: number;
  /** Query points, >= 1. */
  readonly queries: number;
  /** Standard deviation of the noise on all targets, >= 0. */
  readonly noise: number;
};

/** Five points, noise 0.3. */
export const sinusoidOrLineDefaults: SinusoidOrLineOptions = { shots: 5, queries: 10, noise: 0.3 };

/** One function of the family. */
export type SinusoidOrLine =
  | { readonly kind: 'sinusoid'; readonly amplitude: number; readonly phase: number }
  | { readonly kind: 'line'; readonly slope: number; readonly intercept: number };

/** Its value without noise: A sin(x + p), or s x + b. */
export function sinusoidOrLineAt(task: SinusoidOrLine, x: number): number {
  return task.kind === 'sinusoid'
    ? task.amplitude * Math.sin(x + task.phase)
    : task.slope * x + task.intercept;
}

/** p(sinusoid | data) and p(data) by a grid over each branch's two parameters, cells at their centres. */
export type SinusoidOrLinePosterior = {
  /** Posterior probability that the task is a sinusoid, in [0, 1]. */
  readonly sinusoid: number;
  /** log p(y | x) of the data under the whole family, nats. */
  readonly logEvidence: number;
};

const AMPLITUDE = [0.1, 5] as const;
const PHASE = [0, Math.PI] as const;
const LINE = [-3, 3] as const;

/** The function that two numbers in [0, 1) name. */
function taskOf(kind: SinusoidOrLine['kind'], first: number, second: number): SinusoidOrLine {
  const within = ([low, high]: readonly [number, number], share: number) => low + (high - low) * share;
  return kind === 'sinusoid'
    ? { kind, amplitude: within(AMPLITUDE, first), phase: within(PHASE, second) }
    : { kind, slope: within(LINE, first), intercept: within(LINE, second) };
}

/** log mean exp. */
function logMeanExp(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return (
    largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0) / values.length)
  );
}

/** log p(data | branch), by the rule of midpoints. */
function branchEvidence(
  kind: SinusoidOrLine['kind'],
  inputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  noise: number,
  cells: number,
): number {
  const logs = new Float64Array(cells * cells);
  for (let cell = 0; cell < logs.length; cell++) {
    const task = taskOf(kind, (Math.floor(cell / cells) + 0.5) / cells, ((cell % cells) + 0.5) / cells);
    let sum = -inputs.length * Math.log(noise * Math.sqrt(2 * Math.PI));
    for (let point = 0; point < inputs.length; point++) {
      const error = (targets[point] as number) - sinusoidOrLineAt(task, inputs[point] as number);
      sum -= (error * error) / (2 * noise * noise);
    }
    logs[cell] = sum;
  }
  return logMeanExp(logs);
}

/**
 * The exact posterior over the branch, up to the grid: what a learner could know from these points.
 *
 * @param noise - σ > 0.
 * @param cells - of the grid along each parameter; 120 leaves errors far below sampling noise for σ = 0.3.
 */
export function sinusoidOrLinePosterior(
  inputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  noise: number,
  cells = 120,
): SinusoidOrLinePosterior {
  const sinusoid = branchEvidence('sinusoid', inputs, targets, noise, cells);
  const line = branchEvidence('line', inputs, targets, noise, cells);
  const logEvidence = logMeanExp(Float64Array.of(sinusoid, line));
  return { sinusoid: 1 / (1 + Math.exp(line - sinusoid)), logEvidence };
}

/**
 * Half the tasks are sinusoids, half are lines: few points leave it open which, so that the posterior over functions has two
 * modes. `sinusoidOrLinePosterior` gives it.
 *
 * y = A sin(x + p) + σε with A ~ U[0.1, 5], p ~ U[0, π], or y = s x + b + σε with s, b ~ U[−3, 3]; x ~ U[−5, 5]
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Finn, Xu, Levine. Probabilistic Model-Agnostic Meta-Learning. NeurIPS 2018, section 5.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { sinusoidOrLine } from '@tasklearn/tasks';
 *
 * const { support } = sinusoidOrLine({ shots: 3 }).episodes('train', 0, 4, createRng(0));
 * support.labelled.inputs.shape; // => [4, 3, 1]
 * ```
 */
export function sinusoidOrLine(options: Partial<SinusoidOrLineOptions> = {}): EpisodicDistribution {
  const complete = { ...sinusoidOrLineDefaults, ...options };
  const id = '@tasklearn/tasks/sinusoid-or-line';
  for (const key of ['shots', 'queries'] as const) requireInteger(id, complete, key);
  requireNonNegative(id, complete, 'noise');
  const { shots, queries, noise } = complete;
  const spec: EpisodeSpec = {
    input: { shape: [1], dtype: 'float32', minimum: -5, maximum: 5 },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    supportSize: shots,
    querySize: queries,
  };
  const drawTask = (rng: Rng): SinusoidOrLine =>
    taskOf(rng.next() < 0.5 ? 'sinusoid' : 'line', rng.next(), rng.next());
  const fill = (
    set: EpisodeBatch<HostTensor>['query'],
    at: number,
    count: number,
    task: SinusoidOrLine,
    rng: Rng,
  ) => {
    for (let point = at * count; point < (at + 1) * count; point++) {
      const x = -5 + 10 * rng.next();
      set.inputs.data[point] = x;
      set.targets.data[point] = sinusoidOrLineAt(task, x) + noise * rng.gaussian();
    }
  };
  return {
    kind: 'episodic',
    id,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = episodeBuffers(spec, count)) {
      for (let at = 0; at < count; at++) {
        const own = rng.split(split).split(first + at);
        const task = drawTask(own.split('task'));
        fill(into.support.labelled, at, shots, task, own.split('support'));
        fill(into.query, at, queries, task, own.split('query'));
      }
      return into;
    },
    truth(split: Split, index: number, rng: Rng) {
      const { kind, ...parameters } = drawTask(rng.split(split).split(index).split('task'));
      return { parameters: { ...parameters, sinusoid: kind === 'sinusoid' ? 1 : 0 } };
    },
  };
}
