import type { HostTensor, Rng, Trajectory } from '@tasklearn/core';
import type { ActionSpace } from '../action-space.js';
import type { DynamicsSizes } from '../models/dynamics-model.js';
import { rowWidth } from '../models/normalizer.js';

/** All transitions made so far, episode by episode, as rows (s, a, s′, reward, whether it went on). */
export interface TransitionStore {
  /** Transitions. */
  readonly size: number;
  /** All rows, [size * rowWidth]: a view that the next `add` may leave behind. */
  rows(): Float32Array;
  /** Where each stretch of one episode under one law of dynamics begins and how long it is. */
  segments(): readonly Segment[];
  /**
   * Appends an episode.
   *
   * @param switches - steps at which the dynamics changed within it; no window crosses them.
   */
  add(trajectory: Trajectory, switches?: readonly number[]): void;
  /** Everything, for a checkpoint. */
  save(): { readonly rows: HostTensor; readonly segments: HostTensor };
}

/** Consecutive transitions under one law of dynamics. */
export interface Segment {
  /** Index of its first transition. */
  readonly start: number;
  readonly length: number;
}

/** An empty store, or one as it was saved. */
export function transitionStore(
  sizes: DynamicsSizes,
  actions: ActionSpace,
  saved?: ReturnType<TransitionStore['save']>,
): TransitionStore {
  const width = rowWidth(sizes);
  const { observation, action } = sizes;
  let data = saved === undefined ? new Float32Array(1024 * width) : Float32Array.from(saved.rows.data);
  let size = saved === undefined ? 0 : saved.rows.data.length / width;
  const segments: Segment[] = [];
  for (let index = 0; saved !== undefined && index + 1 < saved.segments.data.length; index += 2)
    segments.push({
      start: saved.segments.data[index] as number,
      length: saved.segments.data[index + 1] as number,
    });

  const reserve = (count: number) => {
    if (data.length >= (size + count) * width) return;
    const larger = new Float32Array(Math.max(2 * data.length, (size + count) * width));
    larger.set(data.subarray(0, size * width));
    data = larger;
  };
  const write = (trajectory: Trajectory, taken: Float32Array, step: number) => {
    const at = size * width;
    data.set(trajectory.observations.subarray(step * observation, (step + 1) * observation), at);
    data.set(taken.subarray(step * action, (step + 1) * action), at + observation);
    data.set(
      trajectory.observations.subarray((step + 1) * observation, (step + 2) * observation),
      at + observation + action,
    );
    data[at + width - 2] = trajectory.rewards[step] as number;
    data[at + width - 1] = trajectory.terminated && step === trajectory.length - 1 ? 0 : 1;
    size += 1;
  };
  return {
    get size() {
      return size;
    },
    rows: () => data.subarray(0, size * width),
    segments: () => segments,
    add(trajectory, switches = []) {
      reserve(trajectory.length);
      const taken = actions.fromEnvironment(trajectory.actions);
      const first = size;
      for (let step = 0; step < trajectory.length; step += 1) write(trajectory, taken, step);
      const ends = [...switches.filter((step) => step > 0 && step < trajectory.length), trajectory.length];
      let from = 0;
      for (const end of ends) {
        segments.push({ start: first + from, length: end - from });
        from = end;
      }
    },
    save: () => ({
      rows: { dtype: 'float32', shape: [size, width], data: data.slice(0, size * width) },
      segments: {
        dtype: 'int32',
        shape: [segments.length, 2],
        data: Int32Array.from(segments.flatMap(({ start, length }) => [start, length])),
      },
    }),
  };
}

/** First transitions of all windows of a length that lie within one segment. */
export function windowStarts(segments: readonly Segment[], length: number): Int32Array {
  const starts: number[] = [];
  for (const segment of segments)
    for (let offset = 0; offset + length <= segment.length; offset += 1) starts.push(segment.start + offset);
  return Int32Array.from(starts);
}

/** `count` windows of `length` rows from random starts, [count * length * width]. */
export function sampleWindows(
  rows: Float32Array,
  width: number,
  starts: Int32Array,
  length: number,
  count: number,
  rng: Rng,
): Float32Array {
  const batch = new Float32Array(count * length * width);
  for (let item = 0; item < count; item += 1) {
    const start = starts[rng.integer(starts.length)] as number;
    batch.set(rows.subarray(start * width, (start + length) * width), item * length * width);
  }
  return batch;
}
