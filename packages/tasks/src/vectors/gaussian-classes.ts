import {
  createRng,
  type EpisodicDistribution,
  fillNormal,
  type Rng,
  requireInteger,
  requirePositive,
  type Split,
} from '@tasklearn/core';
import type { ClassSource } from '../sampling/class-source.js';
import { type EpisodeOptions, episodeDefaults } from '../sampling/few-shot-options.js';
import { FewShotSampler } from '../sampling/few-shot-sampler.js';
import { splitNames } from '../sampling/split-classes.js';

/** Options of classes whose best possible prediction is known. */
export type GaussianClassOptions = EpisodeOptions & {
  /** D, numbers of an input, >= 1. */
  readonly dimensions: number;
  /** σ > 0, spread within a class; means have spread 1. */
  readonly noise: number;
  /** Classes of the meta-training split, >= ways: few of them can be learnt by heart. */
  readonly trainClasses: number;
  /** Classes of the meta-validation and of the meta-test split each, >= ways. */
  readonly testClasses: number;
  /** Seed of the class means, >= 0. */
  readonly worldSeed: number;
};

/** 5-way 1-shot in eight dimensions with σ = 0.6, among so many classes that one is hardly ever met again. */
export const gaussianClassDefaults: GaussianClassOptions = {
  ...episodeDefaults,
  dimensions: 8,
  noise: 0.6,
  trainClasses: 50_000,
  testClasses: 10_000,
  worldSeed: 0,
};

const ID = '@tasklearn/tasks/gaussian-classes';

/**
 * Few-shot classification whose best possible prediction is known (`gaussianClassPrediction`), so that a learner can be
 * judged against it.
 *
 * x = m_y + σu, m ~ N(0, I) per class, u ~ N(0, I)
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { gaussianClasses } from '@tasklearn/tasks';
 *
 * const { support } = gaussianClasses({ shots: 2 }).episodes('test', 0, 4, createRng(0));
 * support.labelled.inputs.shape; // => [4, 10, 8]
 * ```
 */
export function gaussianClasses(options: Partial<GaussianClassOptions> = {}): EpisodicDistribution {
  const complete = { ...gaussianClassDefaults, ...options };
  requirePositive(ID, complete, 'noise');
  for (const key of ['dimensions', 'trainClasses', 'testClasses'] as const)
    requireInteger(ID, complete, key, 1);
  requireInteger(ID, complete, 'worldSeed', 0);
  return new FewShotSampler(ID, new KnownClasses(complete), complete);
}

class KnownClasses implements ClassSource {
  readonly itemShape: readonly number[];
  readonly #options: GaussianClassOptions;
  /** Class means of a split, [classes, D]; drawn when first asked for. */
  readonly #means = new Map<Split, Float32Array>();
  readonly #item: Float32Array;

  constructor(options: GaussianClassOptions) {
    this.#options = options;
    this.itemShape = [options.dimensions];
    this.#item = new Float32Array(options.dimensions);
  }

  classCount(split: Split): number {
    return split === 'train' ? this.#options.trainClasses : this.#options.testClasses;
  }

  className(split: Split, position: number): string {
    return `${split} class ${position}`;
  }

  itemCount(): undefined {
    return undefined;
  }

  write(split: Split, position: number, _item: number, stream: Rng, out: Float32Array, offset: number): void {
    const { dimensions, noise } = this.#options;
    const means = this.#meansOf(split);
    const deviation = fillNormal(stream, this.#item);
    for (let axis = 0; axis < dimensions; axis++)
      out[offset + axis] =
        (means[position * dimensions + axis] as number) + noise * (deviation[axis] as number);
  }

  #meansOf(split: Split): Float32Array {
    const known = this.#means.get(split);
    if (known !== undefined) return known;
    const rng = createRng('gaussian classes').split(this.#options.worldSeed);
    for (const name of splitNames)
      this.#means.set(
        name,
        fillNormal(rng.split(name), new Float32Array(this.classCount(name) * this.#options.dimensions)),
      );
    return this.#means.get(split) as Float32Array;
  }
}

/**
 * The best possible prediction after a support set, where class means are N(0, I) and none of them is known beforehand.
 *
 * p(c | x) ∝ N(x; m_c, (σ² + v_c) I), v_c = (1 + K_c/σ²)⁻¹, m_c = v_c Σ_k x_k / σ²
 *
 * @param support - inputs [S, D] and labels [S]; `mask` [S] is 0 for items that do not count.
 * @param queries - [Q, D].
 * @returns class probabilities, [Q, N].
 *
 * @example
 * ```ts
 * import { gaussianClassPrediction } from '@tasklearn/tasks';
 *
 * const support = { inputs: [1, -1], labels: [0, 1] };
 * const [first = 0, second = 0] = gaussianClassPrediction(support, [0], { ways: 2, dimensions: 1, noise: 1 });
 * first === second; // => true
 * ```
 */
export function gaussianClassPrediction(
  support: {
    readonly inputs: ArrayLike<number>;
    readonly labels: ArrayLike<number>;
    readonly mask?: ArrayLike<number>;
  },
  queries: ArrayLike<number>,
  options: Pick<GaussianClassOptions, 'ways' | 'dimensions' | 'noise'>,
): Float64Array {
  const { ways, dimensions, noise } = options;
  const sums = new Float64Array(ways * dimensions);
  const counts = new Float64Array(ways);
  for (let item = 0; item < support.labels.length; item++) {
    if ((support.mask?.[item] ?? 1) === 0) continue;
    const label = support.labels[item] as number;
    counts[label]! += 1;
    for (let axis = 0; axis < dimensions; axis++)
      sums[label * dimensions + axis]! += support.inputs[item * dimensions + axis] as number;
  }
  const variances = counts.map((count) => 1 / (1 + count / noise ** 2));
  const items = queries.length / dimensions;
  const probabilities = new Float64Array(items * ways);
  for (let query = 0; query < items; query++) {
    const logits = Array.from({ length: ways }, (_, label) => {
      const variance = noise ** 2 + (variances[label] as number);
      let squared = 0;
      for (let axis = 0; axis < dimensions; axis++) {
        const mean =
          ((variances[label] as number) * (sums[label * dimensions + axis] as number)) / noise ** 2;
        squared += ((queries[query * dimensions + axis] as number) - mean) ** 2;
      }
      return -squared / (2 * variance) - (dimensions / 2) * Math.log(variance);
    });
    const highest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
    for (const [label, logit] of logits.entries())
      probabilities[query * ways + label] = Math.exp(logit - highest) / total;
  }
  return probabilities;
}
