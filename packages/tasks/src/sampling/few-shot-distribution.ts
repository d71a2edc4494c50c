import {
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodeTruth,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
  type Split,
  TasklearnError,
} from '@tasklearn/core';
import { checkFewShotOptions, type FewShotOptions } from './few-shot-options.js';
import type { ImageSet } from './image-set.js';
import { quarterTurns } from './quarter-turns.js';

/** Which classes of an image set each split may use; no class is in two. */
export type ClassSplits = Readonly<Record<Split, readonly number[]>>;

/** A class as episodes see it: one of the set's, turned by so many quarters. */
type TurnedClass = { readonly index: number; readonly turns: number };

type Drawn = { readonly turned: TurnedClass; readonly items: Int32Array };

const INK = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** N-way K-shot episodes over an image set. */
export function fewShotDistribution(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  options: FewShotOptions,
): EpisodicDistribution {
  checkFewShotOptions(id, options);
  return new FewShotSampler(id, images, splits, options);
}

function turnedClasses(
  splits: ClassSplits,
  rotations: FewShotOptions['rotations'],
): Record<Split, TurnedClass[]> {
  const of = (split: Split) => {
    const turned = rotations === 'all' || (rotations === 'train' && split === 'train');
    return (turned ? [0, 1, 2, 3] : [0]).flatMap((turns) => splits[split].map((index) => ({ index, turns })));
  };
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

function assertEnough(id: string, images: ImageSet, splits: ClassSplits, options: FewShotOptions): void {
  const { ways, shots, queries } = options;
  const fail = (what: string, expected: number, received: number) => {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${id}: episodes of ${ways} ways, ${shots} shots and ${queries} queries need ${expected} ${what}, the data has ${received}. Ask for fewer.`,
      { owner: id, expected, received },
    );
  };
  if (shots + queries > images.imagesPerClass)
    fail('images per class', shots + queries, images.imagesPerClass);
  for (const split of ['train', 'validation', 'test'] as const)
    if (splits[split].length < ways) fail(`classes in the ${split} split`, ways, splits[split].length);
}

/** Fills episodes into reused buffers; nothing in its inner loops allocates. */
class FewShotSampler implements EpisodicDistribution {
  readonly kind = 'episodic';
  readonly varies = ['inputs', 'labels'] as const;
  readonly id: string;
  readonly spec: EpisodeSpec;
  readonly #images: ImageSet;
  readonly #options: FewShotOptions;
  readonly #classes: Record<Split, TurnedClass[]>;
  /** For fixed labels: the classes that may bear each label. */
  readonly #groups: Record<Split, number[][]>;
  readonly #sources: readonly Int32Array[];
  readonly #itemOrder: Int32Array;

  constructor(id: string, images: ImageSet, splits: ClassSplits, options: FewShotOptions) {
    assertEnough(id, images, splits, options);
    const { ways, shots, queries, identities } = options;
    this.id = id;
    this.#images = images;
    this.#options = options;
    this.#classes = turnedClasses(splits, options.rotations);
    this.#groups = this.#labelGroups(ways);
    this.#sources = quarterTurns(images.side);
    this.#itemOrder = new Int32Array(images.imagesPerClass);
    this.spec = {
      input: { shape: [images.side, images.side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes: ways },
      loss: 'crossEntropy',
      supportSize: ways * shots,
      querySize: ways * queries,
      ways,
      shots,
      ...(identities && { trainingClasses: this.#classes.train.length }),
    };
  }

  episodes(
    split: Split,
    first: number,
    count: number,
    rng: Rng,
    into: EpisodeBatch<HostTensor> = this.#buffers(split, count),
  ): EpisodeBatch<HostTensor> {
    for (let task = 0; task < count; task++) this.#fill(split, first + task, task, rng, into);
    return into;
  }

  truth(split: Split, index: number, rng: Rng): EpisodeTruth {
    const stream = rng.split(split).split(index);
    const classNames = this.#drawClasses(split, stream).map((position) => {
      const { index: of, turns } = this.#classes[split][position] as TurnedClass;
      return `${this.#images.classNames[of]}${turns === 0 ? '' : `, turned ${90 * turns}°`}`;
    });
    return { classNames };
  }

  #labelGroups(ways: number): Record<Split, number[][]> {
    const of = (split: Split) => {
      const groups: number[][] = Array.from({ length: ways }, () => []);
      const order = createRng('fixed labels').split(split).permutation(this.#classes[split].length);
      for (const [position, of] of order.entries()) (groups[position % ways] as number[]).push(of);
      return groups;
    };
    return { train: of('train'), validation: of('validation'), test: of('test') };
  }

  #buffers(split: Split, count: number): EpisodeBatch<HostTensor> {
    const { ways, shots, queries, minimumShots, identities } = this.#options;
    const { side } = this.#images;
    const set = (perClass: number, masked: boolean) => {
      const items = ways * perClass;
      const numbers = { dtype: 'int32', shape: [count, items] } as const;
      return {
        inputs: {
          dtype: 'float32',
          shape: [count, items, side, side, 1],
          data: new Float32Array(count * items * side * side),
        },
        targets: { ...numbers, data: new Int32Array(count * items) },
        ...(masked && {
          mask: { dtype: 'float32' as const, shape: [count, items], data: new Float32Array(count * items) },
        }),
        ...(identities &&
          split === 'train' && { identities: { ...numbers, data: new Int32Array(count * items) } }),
      } as const;
    };
    return { support: { labelled: set(shots, minimumShots > 0) }, query: set(queries, false) };
  }

  /** Positions in the split's class list, one per label. */
  #drawClasses(split: Split, stream: Rng): number[] {
    const { ways, labels } = this.#options;
    if (labels === 'fixed')
      return this.#groups[split].map((group) => group[stream.integer(group.length)] as number);
    const { length } = this.#classes[split];
    const drawn: number[] = [];
    while (drawn.length < ways) {
      const position = stream.integer(length);
      if (!drawn.includes(position)) drawn.push(position);
    }
    return drawn;
  }

  /** The first `count` places of a random order of a class's images. */
  #drawItems(count: number, stream: Rng): Int32Array {
    const order = this.#itemOrder;
    for (let index = 0; index < order.length; index++) order[index] = index;
    for (let index = 0; index < count; index++) {
      const other = index + stream.integer(order.length - index);
      const swapped = order[index] as number;
      order[index] = order[other] as number;
      order[other] = swapped;
    }
    return order;
  }

  #fill(split: Split, index: number, task: number, rng: Rng, into: EpisodeBatch<HostTensor>): void {
    const { ways, shots, queries, minimumShots } = this.#options;
    const stream = rng.split(split).split(index);
    const positions = this.#drawClasses(split, stream);
    const valid = minimumShots > 0 ? minimumShots + stream.integer(shots - minimumShots + 1) : shots;
    const { labelled } = into.support;
    for (let label = 0; label < ways; label++) {
      const position = positions[label] as number;
      const turned = this.#classes[split][position] as TurnedClass;
      const items = this.#drawItems(shots + queries, stream);
      for (let shot = 0; shot < shots; shot++) {
        const place = (task * ways + label) * shots + shot;
        this.#write(labelled, place, { turned, items }, shot, label, position, shot < valid);
      }
      for (let query = 0; query < queries; query++) {
        const place = (task * ways + label) * queries + query;
        this.#write(into.query, place, { turned, items }, shots + query, label, position, true);
      }
    }
  }

  /** One image into one place; a masked item is blank. */
  #write(
    set: EpisodeBatch<HostTensor>['query'],
    place: number,
    { turned, items }: Drawn,
    item: number,
    label: number,
    identity: number,
    counts: boolean,
  ): void {
    const { pixels, imagesPerClass, side } = this.#images;
    const size = side * side;
    const offset = (turned.index * imagesPerClass + (items[item] as number)) * size;
    const inputs = set.inputs.data;
    const start = place * size;
    const source = this.#sources[turned.turns] as Int32Array;
    if (counts)
      for (let pixel = 0; pixel < size; pixel++)
        inputs[start + pixel] = INK[pixels[offset + (source[pixel] as number)] as number] as number;
    else inputs.fill(0, start, start + size);
    set.targets.data[place] = label;
    if (set.mask !== undefined) set.mask.data[place] = counts ? 1 : 0;
    if (set.identities !== undefined) set.identities.data[place] = identity;
  }
}
