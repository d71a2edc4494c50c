import {
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  type LabelledSet,
  type Rng,
  sizeOf,
  type TensorSpec,
} from '@tasklearn/core';
import { emptyEpisodes } from './empty-episodes.js';

/** Cells along an image's side of one brightness: coarse enough to survive pooling. */
const GRID = 4;
const NOISE = 0.05;

/**
 * The easiest tasks of a spec: classes are patterns of two values with a little noise, and regression targets are
 * y_j = b_j + 0.3 a_j x_0 with a, b ~ U(−1, 1). Whatever learns at all learns these.
 *
 * @param spec - any; items of a class are N apart, so that item i has label i mod N.
 */
export function trivialDistribution(spec: EpisodeSpec): EpisodicDistribution {
  return {
    kind: 'episodic',
    id: 'trivial',
    spec,
    varies: spec.target.kind === 'classification' ? ['inputs', 'labels'] : ['labels'],
    episodes(split, first, count, rng, into) {
      const episodes = into ?? emptyEpisodes(spec, count);
      for (let task = 0; task < count; task++)
        fillTask(spec, episodes, task, rng.split(split).split(first + task));
      return episodes;
    },
  };
}

function fillTask(spec: EpisodeSpec, episodes: EpisodeBatch<HostTensor>, task: number, rng: Rng): void {
  const sets = [episodes.support.labelled, episodes.query];
  if (spec.target.kind === 'classification') {
    const ways = waysOf(spec);
    const patterns = Array.from({ length: ways }, (_, label) =>
      patternOf(spec.input, rng.split('class').split(label)),
    );
    for (const [part, set] of sets.entries())
      fillClasses(spec, set, task, patterns, rng.split('noise').split(part));
  } else {
    const size = sizeOf(spec.target.shape);
    const slopes = Array.from({ length: size }, () => 2 * rng.next() - 1);
    const offsets = Array.from({ length: size }, () => 2 * rng.next() - 1);
    for (const [part, set] of sets.entries()) {
      fillLines(spec, set, task, slopes, offsets, rng.split('inputs').split(part));
    }
  }
}

/** Classes of an episode, N. */
export function waysOf(spec: EpisodeSpec): number {
  return spec.ways ?? (spec.target.kind === 'classification' ? spec.target.classes : 1);
}

/** 0 or 1 per element; constant on the cells of a coarse grid over the first two axes of an image. */
function patternOf(input: TensorSpec, rng: Rng): Uint8Array {
  const [height = 1, width = 1] = input.shape;
  const size = sizeOf(input.shape);
  if (input.shape.length < 3) return Uint8Array.from({ length: size }, () => rng.integer(2));
  const channels = size / (height * width);
  const cells = Array.from({ length: GRID * GRID }, () => rng.integer(2));
  return Uint8Array.from({ length: size }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const row = Math.floor((GRID * Math.floor(pixel / width)) / height);
    return cells[GRID * row + Math.floor((GRID * (pixel % width)) / width)] as number;
  });
}

function fillClasses(
  { input }: EpisodeSpec,
  { inputs, targets }: LabelledSet<HostTensor>,
  task: number,
  patterns: readonly Uint8Array[],
  rng: Rng,
): void {
  const [items, size] = [targets.shape[1] as number, sizeOf(input.shape)];
  for (let item = 0; item < items; item++) {
    const label = item % patterns.length;
    const at = task * items + item;
    targets.data[at] = label;
    for (const [element, bright] of (patterns[label] as Uint8Array).entries()) {
      inputs.data[at * size + element] = valueIn(input, Math.abs(bright - NOISE * rng.next()));
    }
  }
}

function fillLines(
  { input, loss }: EpisodeSpec,
  { inputs, targets }: LabelledSet<HostTensor>,
  task: number,
  slopes: readonly number[],
  offsets: readonly number[],
  rng: Rng,
): void {
  const [items, size] = [targets.shape[1] as number, sizeOf(input.shape)];
  for (let at = task * items; at < (task + 1) * items; at++) {
    const first = rng.next();
    for (let element = 0; element < size; element++) {
      inputs.data[at * size + element] = valueIn(input, element === 0 ? first : rng.next());
    }
    for (const [component, offset] of offsets.entries()) {
      const y = offset + 0.3 * (slopes[component] as number) * (2 * first - 1);
      targets.data[at * offsets.length + component] = loss === 'bernoulli' ? Number(y > 0) : y;
    }
  }
}

/** A share of the input's range, which is [−1, 1] unless declared; rounded where inputs are integers. */
function valueIn({ minimum = -1, maximum = 1, dtype }: TensorSpec, share: number): number {
  const value = minimum + share * (maximum - minimum);
  return dtype === 'int32' ? Math.round(value) : value;
}
