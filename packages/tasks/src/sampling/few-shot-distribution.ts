import type {
  EpisodeBatch,
  EpisodeSpec,
  EpisodeTruth,
  EpisodicDistribution,
  HostTensor,
  Rng,
  Split,
} from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import { createDrawer } from './draw-without-replacement.js';
import { assertBuffers, fewShotBuffers } from './few-shot-buffers.js';
import { checkFewShotOptions, type FewShotOptions } from './few-shot-options.js';
import type { ImageSet } from './image-set.js';
import { quarterTurns } from './quarter-turns.js';
import {
  assertSplits,
  type ClassSplits,
  labelGroups,
  splitNames,
  type TurnedClass,
  turnedClasses,
} from './split-classes.js';

type LabelledSet = EpisodeBatch<HostTensor>['query'];

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
  checkFewShotOptions(id, options);
  assertSplits(id, images, splits, options);
  return new FewShotSampler(id, images, splits, options);
}

/** Fills episodes into reused buffers; nothing in its inner loops allocates. State is scratch space alone. */
class FewShotSampler implements EpisodicDistribution {
  readonly kind = 'episodic';
  readonly varies = ['inputs', 'labels'] as const;
  readonly id: string;
  readonly spec: EpisodeSpec;
  readonly #images: ImageSet;
  readonly #options: FewShotOptions;
  readonly #classes: Readonly<Record<Split, readonly TurnedClass[]>>;
  /** For fixed labels: the classes that may bear each label. */
  readonly #groups: Readonly<Record<Split, readonly Int32Array[]>>;
  readonly #sources: readonly Int32Array[];
  readonly #draw: ReturnType<typeof createDrawer>;
  /** Scratch of one episode: position in the split's class list per label; items of a class; places of items. */
  readonly #positions: Int32Array;
  readonly #items: Int32Array;
  readonly #supportPlaces: Int32Array;
  readonly #queryPlaces: Int32Array;

  constructor(id: string, images: ImageSet, splits: ClassSplits, options: FewShotOptions) {
    const { ways, shots, queries, rotations } = options;
    this.id = id;
    this.#images = images;
    this.#options = options;
    this.#classes = turnedClasses(splits, rotations);
    const groups = (split: Split) => labelGroups(this.#classes[split].length, ways, split);
    this.#groups = { train: groups('train'), validation: groups('validation'), test: groups('test') };
    this.#sources = quarterTurns(images.side);
    const sizes = images.classNames.map(
      (_, of) => (images.starts[of + 1] as number) - (images.starts[of] as number),
    );
    const counts = splitNames.map((split) => this.#classes[split].length);
    this.#draw = createDrawer(Math.max(...sizes, ...counts, ways * shots, ways * queries));
    this.#positions = new Int32Array(ways);
    this.#items = new Int32Array(shots + queries);
    this.#supportPlaces = Int32Array.from({ length: ways * shots }, (_, place) => place);
    this.#queryPlaces = Int32Array.from({ length: ways * queries }, (_, place) => place);
    this.spec = this.#describe();
  }

  episodes(
    split: Split,
    first: number,
    count: number,
    rng: Rng,
    into: EpisodeBatch<HostTensor> = fewShotBuffers(this.#options, this.#images.side, split, count),
  ): EpisodeBatch<HostTensor> {
    this.#assertNotEmpty(split);
    assertBuffers(this.id, into, count, [this.spec.querySize, ...this.spec.input.shape]);
    const stream = rng.split(split);
    for (let task = 0; task < count; task++) this.#fill(split, task, stream.split(first + task), into);
    return into;
  }

  truth(split: Split, index: number, rng: Rng): EpisodeTruth {
    this.#assertNotEmpty(split);
    this.#drawClasses(split, rng.split(split).split(index));
    const classNames = Array.from(this.#positions, (position) => {
      const { index: of, turns } = this.#classes[split][position] as TurnedClass;
      return `${this.#images.classNames[of]}${turns === 0 ? '' : `, turned ${90 * turns}°`}`;
    });
    return { classNames };
  }

  #describe(): EpisodeSpec {
    const { ways, shots, queries, identities } = this.#options;
    const { side } = this.#images;
    return {
      input: { shape: [side, side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes: ways },
      loss: 'crossEntropy',
      supportSize: ways * shots,
      querySize: ways * queries,
      ways,
      shots,
      ...(identities && { trainingClasses: this.#classes.train.length }),
    };
  }

  #assertNotEmpty(split: Split): void {
    if (this.#classes[split].length > 0) return;
    throw new TasklearnError(
      'INVALID_OPTION',
      `${this.id}: the ${split} split has no classes. Give it some, or do without it.`,
      {
        owner: this.id,
        split,
        expected: this.#options.ways,
        received: 0,
      },
    );
  }

  /** Chooses the class of each label. */
  #drawClasses(split: Split, stream: Rng): void {
    const { ways, labels } = this.#options;
    if (labels === 'shuffled') {
      this.#draw(ways, this.#classes[split].length, stream, this.#positions);
      return;
    }
    for (let label = 0; label < ways; label++) {
      const group = this.#groups[split][label] as Int32Array;
      this.#positions[label] = group[stream.integer(group.length)] as number;
    }
  }

  #fill(split: Split, task: number, stream: Rng, into: EpisodeBatch<HostTensor>): void {
    const { ways, shots, queries, minimumShots, order } = this.#options;
    this.#drawClasses(split, stream);
    const valid = minimumShots > 0 ? minimumShots + stream.integer(shots - minimumShots + 1) : shots;
    if (order === 'mixed') {
      this.#draw(ways * shots, ways * shots, stream, this.#supportPlaces);
      this.#draw(ways * queries, ways * queries, stream, this.#queryPlaces);
    }
    for (let label = 0; label < ways; label++) {
      const position = this.#positions[label] as number;
      const { index, turns } = this.#classes[split][position] as TurnedClass;
      const start = this.#images.starts[index] as number;
      this.#draw(shots + queries, (this.#images.starts[index + 1] as number) - start, stream, this.#items);
      for (let item = 0; item < shots + queries; item++) {
        const query = item - shots;
        const set = query < 0 ? into.support.labelled : into.query;
        const place =
          query < 0
            ? task * ways * shots + (this.#supportPlaces[label * shots + item] as number)
            : task * ways * queries + (this.#queryPlaces[label * queries + query] as number);
        const counts = query >= 0 || item < valid;
        if (counts) this.#copy(start + (this.#items[item] as number), turns, set.inputs.data, place);
        else this.#clear(set.inputs.data, place);
        annotate(set, place, label, position, counts);
      }
    }
  }

  #copy(image: number, turns: number, inputs: HostTensor['data'], place: number): void {
    const { pixels, side } = this.#images;
    const size = side * side;
    const source = this.#sources[turns] as Int32Array;
    const [from, to] = [image * size, place * size];
    for (let pixel = 0; pixel < size; pixel++) {
      inputs[to + pixel] = INK[pixels[from + (source[pixel] as number)] as number] as number;
    }
  }

  #clear(inputs: HostTensor['data'], place: number): void {
    const size = this.#images.side ** 2;
    inputs.fill(0, place * size, (place + 1) * size);
  }
}

function annotate(set: LabelledSet, place: number, label: number, identity: number, counts: boolean): void {
  set.targets.data[place] = label;
  if (set.mask !== undefined) set.mask.data[place] = counts ? 1 : 0;
  if (set.identities !== undefined) set.identities.data[place] = identity;
}
