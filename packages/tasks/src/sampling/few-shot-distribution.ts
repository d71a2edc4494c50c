import { type EpisodicDistribution, type Rng, requireOneOf, type Split } from '@tasklearn/core';
import type { ClassSource } from './class-source.js';
import type { FewShotOptions } from './few-shot-options.js';
import { FewShotSampler } from './few-shot-sampler.js';
import type { ImageSet } from './image-set.js';
import { quarterTurns } from './quarter-turns.js';
import { assertDisjoint, type ClassSplits, type TurnedClass, turnedClasses } from './split-classes.js';

const INK = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * N-way K-shot episodes over an image set: N classes of the split, K support and Q query images of each, no image
 * twice. Pure in (split, index, key of the rng): episode i draws from `rng.split(split).split(i)`.
 *
 * @throws `INVALID_OPTION` for a value out of range, a class in two splits, or a split with too few classes or images;
 *   an empty split is refused when it is asked for.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { evenStarts, fewShotDefaults, fewShotDistribution } from '@tasklearn/tasks';
 *
 * const pixels = new Uint8Array(6 * 4 * 9); // Six classes of four 3x3 images.
 * const images = { pixels, classNames: ['a', 'b', 'c', 'd', 'e', 'f'], starts: evenStarts(6, 4), side: 3 };
 * const splits = { train: [0, 1], validation: [2, 3], test: [4, 5] };
 * const options = { ...fewShotDefaults, ways: 2, queries: 3 };
 * const distribution = fewShotDistribution('@acme/tasks/tiny', images, splits, options);
 * distribution.episodes('test', 0, 8, createRng(0)).query.inputs.shape; // => [8, 6, 3, 3, 1]
 * ```
 */
export function fewShotDistribution(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  options: FewShotOptions,
): EpisodicDistribution {
  requireOneOf(id, options, 'rotations', ['none', 'train', 'all']);
  assertDisjoint(id, images, splits);
  return new FewShotSampler(id, new ImageSource(images, splits, options.rotations), options);
}

/** Images by class, turned on the fly by index tables. */
class ImageSource implements ClassSource {
  readonly itemShape: readonly number[];
  readonly minimum = 0;
  readonly maximum = 1;
  readonly #images: ImageSet;
  readonly #classes: Readonly<Record<Split, readonly TurnedClass[]>>;
  readonly #tables: readonly Int32Array[];

  constructor(images: ImageSet, splits: ClassSplits, rotations: FewShotOptions['rotations']) {
    this.itemShape = [images.side, images.side, 1];
    this.#images = images;
    this.#classes = turnedClasses(splits, rotations);
    this.#tables = quarterTurns(images.side);
  }

  classCount(split: Split): number {
    return this.#classes[split].length;
  }

  className(split: Split, position: number): string {
    const { index, turns } = this.#classes[split][position] as TurnedClass;
    return `${this.#images.classNames[index]}${turns === 0 ? '' : `, turned ${90 * turns}°`}`;
  }

  itemCount(split: Split, position: number): number {
    const { index } = this.#classes[split][position] as TurnedClass;
    return (this.#images.starts[index + 1] as number) - (this.#images.starts[index] as number);
  }

  write(split: Split, position: number, item: number, _stream: Rng, out: Float32Array, offset: number): void {
    const { index, turns } = this.#classes[split][position] as TurnedClass;
    const { pixels, starts, side } = this.#images;
    const size = side * side;
    const from = ((starts[index] as number) + item) * size;
    const table = this.#tables[turns] as Int32Array;
    for (let pixel = 0; pixel < size; pixel++) {
      out[offset + pixel] = INK[pixels[from + (table[pixel] as number)] as number] as number;
    }
  }
}
