import type { HostTensor } from '@tasklearn/core';
import type { ReplayBatch } from './replay.js';

/** The buffers of batches of one shape. */
export interface BatchBuffers {
  readonly batch: ReplayBatch;
  /** `batch.rows.data`. */
  readonly rows: Float32Array;
  /** `batch.weights.data`. */
  readonly weights: Float32Array;
}

/** Hands out buffers by shape, made once. */
export function batchBuffers(
  size: number,
): (batches: number | undefined, tasks: number, count: number) => BatchBuffers {
  const known = new Map<string, BatchBuffers>();
  return (batches, tasks, count) => {
    const lead = [...(batches === undefined ? [] : [batches]), tasks, count];
    const key = lead.join();
    const made = known.get(key) ?? makeBuffers(lead, size);
    known.set(key, made);
    return made;
  };
}

function makeBuffers(lead: readonly number[], size: number): BatchBuffers {
  const items = lead.reduce((product, length) => product * length, 1);
  const rows = new Float32Array(items * size);
  const weights = new Float32Array(items).fill(1);
  const host = (shape: readonly number[], data: Float32Array): HostTensor => ({
    dtype: 'float32',
    shape,
    data,
  });
  return {
    rows,
    weights,
    batch: {
      rows: host([...lead, size], rows),
      weights: host(lead, weights),
      indices: new Int32Array(items),
      tasks: new Int32Array(items),
    },
  };
}
