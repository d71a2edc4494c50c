import {
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodeTruth,
  type EpisodicDistribution,
  type HostTensor,
  type Rng,
  type Split,
  TasklearnError,
} from '@tasklearn/core';
import type { ClassSource } from './class-source.js';
import { createDrawer } from './draw-without-replacement.js';
import { assertBuffers, fewShotBuffers } from './few-shot-buffers.js';
import { checkFewShotOptions, type EpisodeOptions } from './few-shot-options.js';
import { labelGroups, splitNames } from './split-classes.js';

type LabelledSet = EpisodeBatch<HostTensor>['query'];

/**
 * N-way K-shot episodes over any source of classes. Fills reused buffers; nothing in its inner loops allocates. Its
 * state is scratch space alone: episodes depend on split, index and the key of the rng.
 */
export class FewShotSampler implements EpisodicDistribution {
  readonly kind = 'episodic';
  readonly varies = ['inputs', 'labels'] as const;
  readonly id: string;
  readonly spec: EpisodeSpec;
  readonly #source: ClassSource;
  readonly #options: EpisodeOptions;
  readonly #itemSize: number;
  /** For fixed labels: the classes that may bear each label. */
  readonly #groups: Readonly<Record<Split, readonly Int32Array[]>>;
  readonly #draw: ReturnType<typeof createDrawer>;
  /** Scratch of one episode: class of each label; items of a class; places of items. */
  readonly #positions: Int32Array;
  readonly #items: Int32Array;
  readonly #supportPlaces: Int32Array;
  readonly #queryPlaces: Int32Array;

  /** @throws `INVALID_OPTION` for a value out of range, or a split that has classes but too few of them or their items. */
  constructor(id: string, source: ClassSource, options: EpisodeOptions) {
    checkFewShotOptions(id, options);
    const { ways, shots, queries } = options;
    this.id = id;
    this.#source = source;
    this.#options = options;
    this.#itemSize = source.itemShape.reduce((size, axis) => size * axis, 1);
    const groups = (split: Split) => labelGroups(source.classCount(split), ways, split);
    this.#groups = { train: groups('train'), validation: groups('validation'), test: groups('test') };
    this.#draw = createDrawer(Math.max(largestDraw(id, source, options), ways * shots, ways * queries));
    this.#positions = new Int32Array(ways);
    this.#items = new Int32Array(shots + queries);
    this.#supportPlaces = Int32Array.from({ length: ways * shots }, (_, place) => place);
    this.#queryPlaces = Int32Array.from({ length: ways * queries }, (_, place) => place);
    this.spec = describe(source, options);
  }

  episodes(
    split: Split,
    first: number,
    count: number,
    rng: Rng,
    into: EpisodeBatch<HostTensor> = fewShotBuffers(this.#options, this.#source.itemShape, split, count),
  ): EpisodeBatch<HostTensor> {
    this.#assertNotEmpty(split);
    assertBuffers(this.id, into, count, [this.spec.querySize, ...this.#source.itemShape]);
    const stream = rng.split(split);
    for (let task = 0; task < count; task++) this.#fill(split, task, stream.split(first + task), into);
    return into;
  }

  truth(split: Split, index: number, rng: Rng): EpisodeTruth {
    this.#assertNotEmpty(split);
    this.#drawClasses(split, rng.split(split).split(index));
    return { classNames: Array.from(this.#positions, (position) => this.#source.className(split, position)) };
  }

  #assertNotEmpty(split: Split): void {
    if (this.#source.classCount(split) > 0) return;
    throw new TasklearnError(
      'INVALID_OPTION',
      `${this.id}: the ${split} split has no classes. Give it some, or do without it.`,
      { owner: this.id, split, expected: this.#options.ways, received: 0 },
    );
  }

  /** Chooses the class of each label. */
  #drawClasses(split: Split, stream: Rng): void {
    const { ways, labels } = this.#options;
    if (labels === 'shuffled') {
      this.#draw(ways, this.#source.classCount(split), stream, this.#positions);
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
      const available = this.#source.itemCount(split, position);
      if (available !== undefined) this.#draw(shots + queries, available, stream, this.#items);
      for (let shot = 0; shot < shots; shot++) {
        const place = task * ways * shots + (this.#supportPlaces[label * shots + shot] as number);
        const item = shot < valid ? (this.#items[shot] as number) : -1;
        this.#write(into.support.labelled, place, split, position, item, stream, label);
      }
      for (let query = 0; query < queries; query++) {
        const place = task * ways * queries + (this.#queryPlaces[label * queries + query] as number);
        this.#write(into.query, place, split, position, this.#items[shots + query] as number, stream, label);
      }
    }
  }

  /** One item into one place; item -1 is a masked blank. */
  #write(
    set: LabelledSet,
    place: number,
    split: Split,
    position: number,
    item: number,
    stream: Rng,
    label: number,
  ): void {
    const [inputs, offset] = [set.inputs.data as Float32Array, place * this.#itemSize];
    if (item >= 0) this.#source.write(split, position, item, stream, inputs, offset);
    else inputs.fill(0, offset, offset + this.#itemSize);
    set.targets.data[place] = label;
    if (set.mask !== undefined) set.mask.data[place] = item >= 0 ? 1 : 0;
    if (set.identities !== undefined) set.identities.data[place] = position;
  }
}

function describe(source: ClassSource, { ways, shots, queries, identities }: EpisodeOptions): EpisodeSpec {
  const { itemShape, minimum, maximum } = source;
  return {
    input: {
      shape: itemShape,
      dtype: 'float32',
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
    supportSize: ways * shots,
    querySize: ways * queries,
    ways,
    shots,
    ...(identities && { trainingClasses: source.classCount('train') }),
  };
}

/** The largest number that classes or items are drawn from; refuses splits and classes that are too small. */
function largestDraw(id: string, source: ClassSource, { ways, shots, queries }: EpisodeOptions): number {
  let largest = 0;
  for (const split of splitNames) {
    const classes = source.classCount(split);
    if (classes > 0 && classes < ways) {
      const message = `${id}: ${ways} ways need as many classes, the ${split} split has ${classes}. Ask for fewer.`;
      const details = { owner: id, key: 'ways', split, expected: ways, received: classes };
      throw new TasklearnError('INVALID_OPTION', message, details);
    }
    for (let position = 0; position < classes; position++) {
      const items = source.itemCount(split, position) ?? Number.POSITIVE_INFINITY;
      if (items < shots + queries) {
        const message = `${id}: ${shots} shots and ${queries} queries need ${shots + queries} items of a class, ${source.className(split, position)} has ${items}. Ask for fewer.`;
        const details = { owner: id, key: 'queries', split, expected: shots + queries, received: items };
        throw new TasklearnError('INVALID_OPTION', message, details);
      }
      if (Number.isFinite(items)) largest = Math.max(largest, items);
    }
    largest = Math.max(largest, classes);
  }
  return largest;
}
