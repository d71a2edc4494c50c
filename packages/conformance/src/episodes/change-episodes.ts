import {
  type EpisodeBatch,
  type HostTensor,
  mapTree,
  type Rng,
  type Support,
  type Tree,
} from '@tasklearn/core';
import { hostTensor } from './empty-episodes.js';

/** A copy that shares no memory. */
export function copyOf<T extends Tree<HostTensor>>(tree: T): T {
  return mapTree(tree as Tree<HostTensor>, (leaf: HostTensor) => ({ ...leaf, data: leaf.data.slice() })) as T;
}

/** Tasks `first` .. `first + count - 1` of a tree whose leaves have the task axis first. */
export function tasksOf<T extends Tree<HostTensor>>(tree: T, first: number, count: number): T {
  return mapTree(tree as Tree<HostTensor>, ({ dtype, shape, data }: HostTensor): HostTensor => {
    const size = data.length / (shape[0] as number);
    return {
      dtype,
      shape: [count, ...shape.slice(1)],
      data: data.slice(first * size, (first + count) * size),
    };
  }) as T;
}

/** Items `first` .. `first + count - 1` of a leaf [T, B, ...]. */
export function itemsOf({ dtype, shape, data }: HostTensor, first: number, count: number): HostTensor {
  const [tasks, items, ...rest] = shape as [number, number, ...number[]];
  const taken = { dtype, shape: [tasks, count, ...rest], data: data.slice(0, (data.length / items) * count) };
  const size = data.length / (tasks * items);
  for (let task = 0; task < tasks; task++) {
    const start = (task * items + first) * size;
    taken.data.set(data.subarray(start, start + count * size), task * count * size);
  }
  return taken;
}

/** The labelled support in another order, in every task alike. */
export function reorderSupport(support: Support<HostTensor>, rng: Rng): Support<HostTensor> {
  const items = support.labelled.inputs.shape[1] as number;
  let order = rng.permutation(items);
  if (order.every((from, to) => from === to)) order = order.toReversed(); // Never the same order.
  const labelled = mapTree(support.labelled as Tree<HostTensor>, (leaf: HostTensor) => reorder(leaf, order));
  return { ...support, labelled: labelled as Support<HostTensor>['labelled'] };
}

function reorder({ dtype, shape, data }: HostTensor, order: Int32Array): HostTensor {
  const [tasks, items] = shape as [number, number];
  const size = data.length / (tasks * items);
  const moved = data.slice();
  for (let task = 0; task < tasks; task++) {
    for (const [to, from] of order.entries()) {
      const start = (task * items + from) * size;
      moved.set(data.subarray(start, start + size), (task * items + to) * size);
    }
  }
  return { dtype, shape, data: moved };
}

/** The supports of the tasks given to their neighbours: task t gets that of task t + 1 mod T. */
export function swapSupports(support: Support<HostTensor>): Support<HostTensor> {
  return mapTree(support as Tree<HostTensor>, ({ dtype, shape, data }: HostTensor): HostTensor => {
    const size = data.length / (shape[0] as number);
    const moved = data.slice();
    moved.set(data.subarray(size), 0);
    moved.set(data.subarray(0, size), data.length - size);
    return { dtype, shape, data: moved };
  }) as Support<HostTensor>;
}

/** The same queries with other targets: the next class, or y + 1. */
export function otherQueryTargets(
  episodes: EpisodeBatch<HostTensor>,
  classes: number,
): EpisodeBatch<HostTensor> {
  const targets = otherTargets(episodes.query.targets, classes, () => true);
  return { ...episodes, query: { ...episodes.query, targets } };
}

/** Targets changed where `which` says so. */
export function otherTargets(
  targets: HostTensor,
  classes: number,
  which: (item: number) => boolean,
): HostTensor {
  const data = targets.data.slice();
  const size = data.length / (targets.shape[0] as number) / (targets.shape[1] as number);
  for (const [at, value] of data.entries()) {
    if (!which(Math.floor(at / size) % (targets.shape[1] as number))) continue;
    data[at] = targets.dtype === 'int32' ? (value + 1) % classes : value + 1;
  }
  return { ...targets, data };
}

/** A mask [T, B]: 0 for the last `hidden` items of every task. */
export function hideLast(tasks: number, items: number, hidden: number): HostTensor {
  const mask = hostTensor('float32', [tasks, items]);
  for (let at = 0; at < mask.data.length; at++) mask.data[at] = at % items < items - hidden ? 1 : 0;
  return mask;
}
