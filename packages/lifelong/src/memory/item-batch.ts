import type { HostTensor, StreamInputs, StreamSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { StoredItem } from './memory.js';

/** Items in rows, padded to a fixed number. */
export type ItemBatch<Leaf = Tensor> = {
  /** [K, M, ...]. */
  readonly inputs: Leaf;
  /** [K, M] class indices, or [K, M, ...]. */
  readonly targets: Leaf;
  /** [K, M], 1 where there is an item. */
  readonly mask: Leaf;
  /** [K, M, N], 1 for the classes a prediction may choose; only where tasks restrict them. */
  readonly allowed?: Leaf;
};

/** The items of one step. */
export function itemsOf({ inputs, taskLabel = 0 }: StreamInputs, targets: HostTensor): readonly StoredItem[] {
  const count = inputs.shape[0] as number;
  const size = inputs.data.length / count;
  const targetSize = targets.data.length / count;
  return Array.from({ length: count }, (_, place) => ({
    inputs: inputs.data.slice(place * size, (place + 1) * size) as Float32Array,
    targets: targets.data.slice(place * targetSize, (place + 1) * targetSize) as Float32Array,
    task: taskLabel,
  }));
}

/**
 * Rows of items as tensors on the host.
 *
 * @param rows - K lists of at most `size` items each.
 * @param size - M.
 */
export function itemBatch(
  spec: StreamSpec,
  rows: readonly (readonly StoredItem[])[],
  size: number,
): ItemBatch<HostTensor> {
  const { target } = spec;
  const lead = [rows.length, size];
  const inputSize = spec.input.shape.reduce((product, length) => product * length, 1);
  const targetShape = target.kind === 'classification' ? [] : target.shape;
  const targetSize = targetShape.reduce((product, length) => product * length, 1);
  const count = rows.length * size;
  const inputs = new Float32Array(count * inputSize);
  const targets =
    target.kind === 'classification' ? new Int32Array(count) : new Float32Array(count * targetSize);
  const mask = new Float32Array(count);
  for (const [row, items] of rows.entries()) {
    for (const [place, item] of items.entries()) {
      const at = row * size + place;
      inputs.set(item.inputs, at * inputSize);
      targets.set(item.targets, at * targetSize);
      mask[at] = 1;
    }
  }
  return {
    inputs: { dtype: 'float32', shape: [...lead, ...spec.input.shape], data: inputs },
    targets: {
      dtype: target.kind === 'classification' ? 'int32' : 'float32',
      shape: [...lead, ...targetShape],
      data: targets,
    },
    mask: { dtype: 'float32', shape: lead, data: mask },
    ...(spec.taskClasses !== undefined && { allowed: allowedOf(spec, rows, size) }),
  };
}

/** [K, M, N]: everything is allowed where there is no item. */
function allowedOf(spec: StreamSpec, rows: readonly (readonly StoredItem[])[], size: number): HostTensor {
  const classes = spec.target.kind === 'classification' ? spec.target.classes : 0;
  const data = new Float32Array(rows.length * size * classes).fill(1);
  for (const [row, items] of rows.entries()) {
    for (const [place, { task }] of items.entries()) {
      data.set(classMask(spec, task, classes), (row * size + place) * classes);
    }
  }
  return { dtype: 'float32', shape: [rows.length, size, classes], data };
}

/** [N], 1 for the classes of a task; all of them where tasks restrict nothing. */
export function classMask(spec: StreamSpec, task: number, classes: number): Float32Array {
  const own = spec.taskClasses?.[task];
  const mask = new Float32Array(classes);
  if (own === undefined) return mask.fill(1);
  for (const label of own) mask[label] = 1;
  return mask;
}
