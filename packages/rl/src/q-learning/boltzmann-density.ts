import { logSumExp, oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from '../policies/action-distribution.js';
import type { ActionLimits } from '../policies/action-limits.js';
import { evenPoints } from './even-points.js';

/** Q of candidate actions: [T, B · M, A] → [T, B · M], M candidates in a row for each of B observations. */
export type CandidateValues = (candidates: Tensor) => Tensor;

/** What a density exp(Q/α) over actions is made of. */
export interface BoltzmannDensityOptions {
  /** A. */
  readonly size: number;
  /** M, candidates. */
  readonly candidates: number;
  /** α > 0. */
  readonly temperature: number;
  readonly limits: ActionLimits;
}

/** α log (1/M) Σ_m exp(Q_m/α), [..., M] → [...]: V(s), up to α log of the volume of the actions. */
export function logMeanExpValue(values: Tensor, temperature: number): Tensor {
  const count = values.shape[values.rank - 1] as number;
  return logSumExp(values.div(temperature)).sub(Math.log(count)).mul(temperature);
}

/** Points of the cube as actions. */
export function toCandidates(points: Tensor, { centre, reach }: ActionLimits): Tensor {
  return points.mul(2 * reach).add(centre - reach);
}

/** The M fixed candidates of every observation, [T, B · M, A]. */
export function fixedCandidates(
  tasks: number,
  items: number,
  { size, candidates: count, limits }: BoltzmannDensityOptions,
): Tensor {
  const points = tf.tensor(evenPoints(count, size), [1, 1, count, size]);
  const all = tf.tile(points, [tasks, items, 1, 1]).reshape([tasks, items * count, size]);
  return toCandidates(all, limits);
}

/** One of M candidates for each observation, [T, B, A], by its index [T, B]. */
function pick(all: Tensor, chosen: Tensor, count: number): Tensor {
  const [tasks, items] = chosen.shape as [number, number];
  const rows = all.reshape([tasks, items, count, -1]);
  return tf.sum(rows.mul(oneHot(chosen, count).expandDims(3)), 2);
}

/** The index of a candidate with probability proportional to exp(Q/α): Gumbel's trick, [T, B]. */
function drawIndex(
  values: Tensor,
  temperature: number,
  rng: Parameters<ActionDistribution['sample']>[0],
): Tensor {
  const uniform = rng.uniform(values.shape).add(1e-20);
  const gumbel = tf.neg(tf.log(tf.neg(tf.log(uniform)).add(1e-20)));
  return tf.argMax(values.div(temperature).add(gumbel), -1);
}

/**
 * π(a | s) ∝ exp(Q(s, a)/α) on M evenly spread candidates, each with its share of the volume: log π = Q_m/α − log mean
 * exp(Q/α) − log volume, with m the candidate nearest to a.
 *
 * @param values - Q of the fixed candidates, [T, B, M].
 */
export function boltzmannGrid(values: Tensor, options: BoltzmannDensityOptions): ActionDistribution {
  const { size, candidates: count, temperature: alpha, limits } = options;
  const [tasks, items] = values.shape as [number, number];
  const all = () => fixedCandidates(tasks, items, options);
  const logVolume = size * Math.log(2 * limits.reach);
  // [T, B, M]
  const logDensities = () =>
    values.sub(logMeanExpValue(values, alpha).expandDims(2)).div(alpha).sub(logVolume);
  const logProbability = (actions: Tensor) => {
    const difference = all()
      .reshape([tasks, items, count, size])
      .sub(actions.reshape([tasks, items, 1, size]));
    const nearest = tf.argMin(tf.sum(tf.square(difference), 3), -1); // [T, B]
    return tf.sum(logDensities().mul(oneHot(nearest, count)), -1);
  };
  const own: ActionDistribution = {
    family: 'boltzmann',
    numbers: values,
    sample: (rng) => pick(all(), drawIndex(values, alpha, rng), count),
    mode: () => pick(all(), tf.argMax(values, -1), count),
    logProbability,
    sampleWithLogProbability(rng) {
      const sample = own.sample(rng);
      return { sample, logProbability: logProbability(sample) };
    },
    entropy: () => tf.neg(tf.sum(tf.softmax(values.div(alpha)).mul(logDensities()), -1)),
    divergence(other) {
      const rows = all().reshape([tasks, items, count, size]);
      const theirs = Array.from({ length: count }, (_, index) =>
        other.logProbability(tf.slice(rows, [0, 0, index, 0], [-1, -1, 1, -1]).squeeze([2])),
      );
      const weights = tf.softmax(values.div(alpha));
      return tf.sum(weights.mul(logDensities().sub(tf.stack(theirs, 2))), -1);
    },
  };
  return own;
}

/**
 * {@link boltzmannGrid} with draws that are not tied to the grid: M uniform candidates are weighed by exp(Q/α), and one of
 * them is taken.
 *
 * @param valuesOf - Q of candidates.
 * @param tasks - T.
 * @param items - B.
 *
 * @see Haarnoja, Tang, Abbeel, Levine. Reinforcement Learning with Deep Energy-Based Policies. ICML 2017.
 * arXiv:1702.08165; they train a network to draw instead.
 */
export function boltzmannDensity(
  valuesOf: CandidateValues,
  tasks: number,
  items: number,
  options: BoltzmannDensityOptions,
): ActionDistribution {
  const { size, candidates: count, temperature, limits } = options;
  const at = (all: Tensor) => valuesOf(all).reshape([tasks, items, count]); // [T, B, M]
  const grid = boltzmannGrid(at(fixedCandidates(tasks, items, options)), options);
  const sample: ActionDistribution['sample'] = (rng) => {
    const points = rng.split('candidates').uniform([tasks, items * count, size]);
    const all = toCandidates(points, limits);
    return pick(all, drawIndex(at(all), temperature, rng.split('choice')), count);
  };
  return {
    ...grid,
    sample,
    sampleWithLogProbability(rng) {
      const drawn = sample(rng);
      return { sample: drawn, logProbability: grid.logProbability(drawn) };
    },
  };
}

/** The head of {@link boltzmannGrid}; its numbers are the values of the fixed candidates. */
export function boltzmannHead(options: BoltzmannDensityOptions): ActionHead {
  return {
    family: 'boltzmann',
    size: options.candidates,
    actionSize: options.size,
    discrete: false,
    distribution: (numbers) => boltzmannGrid(numbers, options),
  };
}
