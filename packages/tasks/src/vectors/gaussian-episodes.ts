import {
  createRng,
  type EpisodicDistribution,
  fillNormal,
  type Rng,
  requireInteger,
  requireNonNegative,
  type Split,
} from '@tasklearn/core';
import type { ClassSource } from '../sampling/class-source.js';
import { type EpisodeOptions, episodeDefaults } from '../sampling/few-shot-options.js';
import { FewShotSampler } from '../sampling/few-shot-sampler.js';
import { splitNames } from '../sampling/split-classes.js';

/** Options of Gaussian episodes. */
export type GaussianOptions = EpisodeOptions & {
  /** σ, >= 0: spread of a class in the eight dimensions that tell classes apart. */
  readonly noise: number;
  /** Standard deviation of the sixteen dimensions that do not, >= 0. */
  readonly distraction: number;
  /** Classes of the meta-training split, >= ways. */
  readonly trainClasses: number;
  /** Classes of the meta-validation and of the meta-test split each, >= ways. */
  readonly testClasses: number;
  /** Seed of the class centres and of the rotation, >= 0. */
  readonly worldSeed: number;
};

/** 5-way 1-shot over 64 classes; σ = 0.6. */
export const gaussianDefaults: GaussianOptions = {
  ...episodeDefaults,
  noise: 0.6,
  distraction: 1.5,
  trainClasses: 64,
  testClasses: 64,
  worldSeed: 0,
};

const SIGNAL = 8;
const SIZE = 24;

/**
 * Few-shot classification of 24-dimensional vectors: learnable in seconds, for tests and first tries. Labels can be
 * fixed to classes (`labels: 'fixed'`), which makes the tasks solvable without their support sets.
 *
 * x = R [m + σu; 1.5v], m ~ N(0, I₈) per class, u ~ N(0, I₈), v ~ N(0, I₁₆), R a fixed random rotation of ℝ²⁴
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020, for fixed labels.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { gaussianEpisodes } from '@tasklearn/tasks';
 *
 * const { support } = gaussianEpisodes({ shots: 2 }).episodes('test', 0, 4, createRng(0));
 * support.labelled.inputs.shape; // => [4, 10, 24]
 * ```
 */
export function gaussianEpisodes(options: Partial<GaussianOptions> = {}): EpisodicDistribution {
  const complete = { ...gaussianDefaults, ...options };
  const id = '@tasklearn/tasks/gaussian-episodes';
  requireNonNegative(id, complete, 'noise');
  requireNonNegative(id, complete, 'distraction');
  requireInteger(id, complete, 'trainClasses', 1);
  requireInteger(id, complete, 'testClasses', 1);
  requireInteger(id, complete, 'worldSeed', 0);
  return new FewShotSampler(id, new GaussianClasses(complete), complete);
}

class GaussianClasses implements ClassSource {
  readonly itemShape = [SIZE];
  readonly #options: GaussianOptions;
  readonly #rotation: Float64Array;
  readonly #centres: Readonly<Record<Split, Float32Array>>;
  readonly #latent = new Float32Array(SIZE);

  constructor(options: GaussianOptions) {
    const rng = createRng('gaussian episodes').split(options.worldSeed);
    this.#options = options;
    this.#rotation = randomRotation(SIZE, rng.split('rotation'));
    const centres = (split: Split) =>
      fillNormal(rng.split(split), new Float32Array(this.classCount(split) * SIGNAL));
    this.#centres = Object.fromEntries(splitNames.map((split) => [split, centres(split)])) as Record<
      Split,
      Float32Array
    >;
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
    const { noise, distraction } = this.#options;
    const latent = fillNormal(stream, this.#latent);
    for (let axis = 0; axis < SIGNAL; axis++) {
      const centre = this.#centres[split][position * SIGNAL + axis] as number;
      latent[axis] = centre + noise * (latent[axis] as number);
    }
    for (let axis = SIGNAL; axis < SIZE; axis++) latent[axis]! *= distraction;
    for (let row = 0; row < SIZE; row++) {
      let sum = 0;
      for (let column = 0; column < SIZE; column++) {
        sum += (this.#rotation[row * SIZE + column] as number) * (latent[column] as number);
      }
      out[offset + row] = sum;
    }
  }
}

/** An orthogonal matrix [size, size]: Gram-Schmidt on normal numbers, so every direction is equally likely. */
function randomRotation(size: number, rng: Rng): Float64Array {
  const rows = Float64Array.from({ length: size * size }, () => rng.gaussian());
  for (let row = 0; row < size; row++) {
    const current = rows.subarray(row * size, (row + 1) * size);
    for (let before = 0; before < row; before++) {
      const other = rows.subarray(before * size, (before + 1) * size);
      const along = current.reduce((sum, value, index) => sum + value * (other[index] as number), 0);
      for (let index = 0; index < size; index++) current[index]! -= along * (other[index] as number);
    }
    const length = Math.sqrt(current.reduce((sum, value) => sum + value * value, 0));
    for (let index = 0; index < size; index++) current[index]! /= length;
  }
  return rows;
}
