import { type HostTensor, sizeOf } from '@tasklearn/core';

/** Items [from, to) of axis 1; a copy. */
export function itemsBetween({ dtype, shape, data }: HostTensor, from: number, to: number): HostTensor {
  const [tasks, items, ...rest] = shape as [number, number, ...number[]];
  const size = sizeOf(rest);
  const kept = data.slice(0, tasks * (to - from) * size);
  for (let task = 0; task < tasks; task++) {
    const start = (task * items + from) * size;
    kept.set(data.subarray(start, start + (to - from) * size), task * (to - from) * size);
  }
  return { dtype, shape: [tasks, to - from, ...rest], data: kept };
}

/** The same items with room for more after them on axis 1, filled with zeros. */
export function withRoom({ dtype, shape, data }: HostTensor, more: number): HostTensor {
  const [tasks, items, ...rest] = shape as [number, number, ...number[]];
  const size = sizeOf(rest);
  const [old, next] = [items * size, (items + more) * size];
  const room = dtype === 'int32' ? new Int32Array(tasks * next) : new Float32Array(tasks * next);
  for (let task = 0; task < tasks; task++) room.set(data.subarray(task * old, (task + 1) * old), task * next);
  return { dtype, shape: [tasks, items + more, ...rest], data: room };
}

/** Copies one task's item into a place of another tensor of the same tasks. */
export function copyItem(
  from: HostTensor,
  item: number,
  into: HostTensor,
  place: number,
  task: number,
): void {
  const size = sizeOf(from.shape.slice(2));
  const start = (task * (from.shape[1] as number) + item) * size;
  into.data.set(from.data.subarray(start, start + size), (task * (into.shape[1] as number) + place) * size);
}
