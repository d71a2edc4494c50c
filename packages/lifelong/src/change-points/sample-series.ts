import type { HostTensor, Rng, Stream, StreamDistribution } from '@tasklearn/core';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import type { Series } from './series-loss.js';

/** Which stretches are meta-trained on. */
export interface SeriesSettings {
  /** B, stretches of an update. */
  readonly series: number;
  /** T, steps of a stretch. */
  readonly horizon: number;
  /** Lifetimes of the `train` split that stretches are cut from; null: a new one for every stretch. */
  readonly lifetimes: number | null;
}

/** Cuts stretches out of unsegmented lifetimes, where they happen to begin. */
export function seriesSampler(distribution: StreamDistribution, settings: SeriesSettings, rng: Rng) {
  const { spec } = distribution;
  const known = new Map<number, Stream>();
  const lifetime = (index: number): Stream => {
    if (settings.lifetimes === null) return distribution.stream('train', index, rng.split('lifetime'));
    const place = index % settings.lifetimes;
    const stream = known.get(place) ?? distribution.stream('train', place, rng.split('lifetime'));
    known.set(place, stream);
    return stream;
  };
  return (update: number): Series<HostTensor> => {
    const { series, horizon } = settings;
    const rows: StoredItem[][] = [];
    const switches = new Float32Array(series * horizon);
    for (let row = 0; row < series; row += 1) {
      const index = update * series + row;
      const stream = lifetime(index);
      const first = rng
        .split('begin')
        .split(index)
        .integer(stream.length - horizon + 1);
      let task: number | undefined;
      const items: StoredItem[] = [];
      for (let t = 0; t < horizon; t += 1) {
        const step = stream.step(first + t);
        items.push(...itemsOf({ inputs: step.inputs }, step.targets));
        if (step.task !== task) switches[row * horizon + t] = 1;
        task = step.task;
      }
      rows.push(items);
    }
    const { inputs, targets } = itemBatch(spec, rows, horizon * spec.batchSize);
    return { inputs, targets, switches: { dtype: 'float32', shape: [series, horizon], data: switches } };
  };
}
