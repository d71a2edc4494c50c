import { type EpisodeBatch, type HostTensor, type Split, TasklearnError } from '@tasklearn/core';
import type { EpisodeOptions } from './few-shot-options.js';

/** Buffers for `count` episodes of a split. */
export function fewShotBuffers(
  options: EpisodeOptions,
  itemShape: readonly number[],
  split: Split,
  count: number,
): EpisodeBatch<HostTensor> {
  const set = (perClass: number, masked: boolean): EpisodeBatch<HostTensor>['query'] => {
    const items = options.ways * perClass;
    const shape = [count, items];
    return {
      inputs: {
        dtype: 'float32',
        shape: [count, items, ...itemShape],
        data: new Float32Array(count * items * itemShape.reduce((size, axis) => size * axis, 1)),
      },
      targets: { dtype: 'int32', shape, data: new Int32Array(count * items) },
      ...(masked && { mask: { dtype: 'float32', shape, data: new Float32Array(count * items) } }),
      ...(options.identities &&
        split === 'train' && { identities: { dtype: 'int32', shape, data: new Int32Array(count * items) } }),
    };
  };
  return {
    support: { labelled: set(options.shots, options.minimumShots > 0) },
    query: set(options.queries, false),
  };
}

/** @throws `SHAPE_MISMATCH` if the buffers are not of an earlier call for as many tasks. */
export function assertBuffers(
  id: string,
  into: EpisodeBatch<HostTensor>,
  count: number,
  query: readonly number[],
): void {
  const { shape } = into.query.inputs;
  const expected = [count, ...query];
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${id}: buffers to fill must have query inputs [${expected}], got [${shape}]. Hand in what an earlier call with the same count returned.`,
    { expected, received: shape },
  );
}
