import type { EpisodeBatch, EpisodeResult, EpisodeTruth, HostTensor, Json, Tree } from '@tasklearn/core';
import { testStream } from '../test-stream.js';
import type { EpisodicCell } from './episodic-cell.js';

/** Test episodes kept for looking at. */
export const exampleCount = 3;
const ITEMS = { classification: 6, regression: 100 };

/** A learner's predictions on the example episodes, as they are kept in its cell. */
export interface CellExamples {
  readonly tensors: Tree<HostTensor>;
  readonly metadata: Json;
}

/** Rows `items[e]` of axis 1 for each episode e, and of axis 0 of those. */
function gather({ dtype, shape, data }: HostTensor, items: readonly (readonly number[])[]): HostTensor {
  const size = shape.slice(2).reduce((product, length) => product * length, 1);
  const perEpisode = shape[1] ?? 1;
  const kept = items[0]?.length ?? 0;
  const out = data.slice(0, items.length * kept * size);
  items.forEach((own, episode) => {
    own.forEach((item, place) => {
      const from = (episode * perEpisode + item) * size;
      out.set(data.subarray(from, from + size), (episode * kept + place) * size);
    });
  });
  return { dtype, shape: [items.length, kept, ...shape.slice(2)], data: out };
}

/** For classification the first query item of each of the first classes, else the first items. */
function chosenItems(kind: 'classification' | 'regression', targets: HostTensor, episode: number): number[] {
  const perEpisode = targets.shape[1] ?? 0;
  const all = Array.from({ length: perEpisode }, (_, item) => item);
  if (kind === 'regression') return all.slice(0, ITEMS.regression);
  const label = (item: number) => targets.data[episode * perEpisode + item]!;
  const first = all.filter((item) => all.findIndex((other) => label(other) === label(item)) === item);
  return first.sort((a, b) => label(a) - label(b)).slice(0, ITEMS.classification);
}

/** Stacks one tensor per episode along a new leading axis. */
function stack(tensors: readonly HostTensor[]): HostTensor {
  const { dtype, shape, data } = tensors[0]!;
  const out = new (data.constructor as Float32ArrayConstructor)(tensors.length * data.length);
  tensors.forEach((tensor, index) => {
    out.set(tensor.data, index * data.length);
  });
  return { dtype, shape: [tensors.length, ...shape], data: out };
}

/** Collects the first test episodes and what a learner predicts for them. */
export interface ExampleCollector {
  /** Takes a result; those of later episodes are ignored. */
  add(result: EpisodeResult): void;
  /** The examples, once all of the first episodes were added; else undefined. */
  finish(): CellExamples | undefined;
}

/**
 * Makes a collector for the first test episodes of a cell.
 *
 * @param prepared - the cell.
 * @param episodes - test episodes of the run; at most {@link exampleCount} of them are kept.
 */
export function exampleCollector(prepared: EpisodicCell, episodes: number): ExampleCollector {
  const count = Math.min(exampleCount, episodes);
  const means: HostTensor[] = [];
  return {
    add({ index, means: own }) {
      if (index < count) means[index] = own;
    },
    finish() {
      if (count === 0 || means.filter(Boolean).length < count) return undefined;
      return examplesOf(prepared, stack(means));
    },
  };
}

function examplesOf(prepared: EpisodicCell, means: HostTensor): CellExamples {
  const { cell } = prepared;
  const { test } = prepared.distributions;
  const { kind } = test.spec.target;
  const rng = testStream(cell.seed).split('episodes');
  const count = means.shape[0]!;
  const { support, query }: EpisodeBatch<HostTensor> = test.episodes('test', 0, count, rng);
  const episodes = Array.from({ length: count }, (_, episode) => episode);
  const items = episodes.map((episode) => chosenItems(kind, query.targets, episode));
  const truths: EpisodeTruth[] = episodes.map((episode) => test.truth?.('test', episode, rng) ?? {});
  return {
    tensors: {
      support: { inputs: support.labelled.inputs, targets: support.labelled.targets },
      query: { inputs: gather(query.inputs, items), targets: gather(query.targets, items) },
      mean: gather(means, items),
    },
    metadata: {
      learner: cell.learner.name,
      seed: cell.seed,
      target: kind,
      truths: truths as unknown as Json,
    },
  };
}
