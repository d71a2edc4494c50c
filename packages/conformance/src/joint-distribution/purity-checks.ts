import {
  type HostTensor,
  type JointDistribution,
  leavesOf,
  type Split,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { demand } from '../check.js';
import { demandIdentical, differs } from '../compare.js';
import { contentKeys } from '../content-keys.js';
import { copyOf } from '../episodes/change-episodes.js';
import { evenlySpaced } from '../evenly-spaced.js';

const SPLITS = ['train', 'validation', 'test'] as const;

/** Calls `visit` for every task that has items in a split. */
export function eachTask(
  { spec, sizes }: JointDistribution,
  visit: (split: Split, task: number, size: number) => void,
): void {
  for (const split of SPLITS)
    for (const task of spec.tasks.keys()) {
      const size = sizes[split][task] as number;
      if (size > 0) visit(split, task, size);
    }
}

/** As a tree. It is what the distribution returned, not a copy. */
export function rowsOf(
  distribution: JointDistribution,
  split: Split,
  task: number,
  indices: Int32Array,
): Tree<HostTensor> {
  return distribution.rows(split, task, indices) as unknown as Tree<HostTensor>;
}

/** Split, task and indices alone decide; what was returned stays as it was, and so do the indices. */
export function demandRowsPure(distribution: JointDistribution, items: number): void {
  const kept: { readonly what: string; readonly rows: Tree<HostTensor>; readonly copy: Tree<HostTensor> }[] =
    [];
  eachTask(distribution, (split, task, size) => {
    const what = `${distribution.id}: ${split} items of task ${task}`;
    const indices = evenlySpaced(size, items).toReversed();
    const given = indices.slice();
    const rows = rowsOf(distribution, split, task, given);
    const unchanged = given.every((index, at) => index === indices[at]);
    demand(unchanged, `${what}: the indices were written over.`);
    const copy = copyOf(rows);
    kept.push({ what, rows, copy });
    rowsOf(distribution, split, task, Int32Array.of(0));
    demandIdentical(`${what} asked for twice`, copy, rowsOf(distribution, split, task, indices));
  });
  for (const { what, rows, copy } of kept)
    demandIdentical(`${what}, and the same after other calls`, copy, rows);
}

/** Item 4 is item 4, whichever are asked for with it and however often. */
export function demandRowsAgree(distribution: JointDistribution, items: number): void {
  eachTask(distribution, (split, task, size) => {
    const some = evenlySpaced(size, items).toReversed();
    const indices = Int32Array.of(...some, some[0] as number);
    const together = rowsOf(distribution, split, task, indices);
    const odd = leavesOf(together).find(({ shape }) => shape[0] !== indices.length);
    const counts = `${indices.length} were asked for, and ${odd?.shape[0]} came`;
    demand(odd === undefined, `${distribution.id}: ${split} items of task ${task}: ${counts}.`);
    for (const [at, index] of indices.entries()) {
      const what = `${distribution.id}: ${split} item ${index} of task ${task}, with others and alone`;
      demandIdentical(what, rowAt(together, at), rowsOf(distribution, split, task, Int32Array.of(index)));
    }
  });
}

/** One row of every leaf [B, ...]. */
function rowAt(rows: Tree<HostTensor>, at: number): Tree<HostTensor> {
  const entries = Object.entries(rows as Record<string, HostTensor | undefined>);
  const one = ({ dtype, shape, data }: HostTensor): HostTensor => {
    const size = data.length / (shape[0] as number);
    return { dtype, shape: [1, ...shape.slice(1)], data: data.slice(at * size, (at + 1) * size) };
  };
  return Object.fromEntries(entries.flatMap(([key, leaf]) => (leaf === undefined ? [] : [[key, one(leaf)]])));
}

/** Otherwise every batch would hold the same items, or the test those of training. */
export function demandRowsVary(distribution: JointDistribution, items: number): void {
  const { id, sizes } = distribution;
  eachTask(distribution, (split, task, size) => {
    const { inputs, targets } = distribution.rows(split, task, evenlySpaced(size, items));
    const [keys, answers] = [contentKeys(inputs), contentKeys(targets)];
    const kinds = new Set(keys.map((key, at) => key + answers[at]));
    demand(size === 1 || kinds.size > 1, `${id}: all ${split} items of task ${task} are the same.`, {
      split,
      task,
    });
    for (const other of SPLITS.slice(SPLITS.indexOf(split) + 1)) {
      const common = Math.min(size, sizes[other][task] as number);
      if (common === 0) continue;
      const indices = evenlySpaced(common, items);
      const [a, b] = [split, other].map((each) => distribution.rows(each as Split, task, indices).inputs);
      demand(
        differs(a as HostTensor, b as HostTensor),
        `${id}: task ${task} has the same items in ${split} and in ${other}.`,
      );
    }
  });
}

/** The same tasks with another seed must be made of other items. */
export function demandReseeded(
  distribution: JointDistribution,
  other: JointDistribution,
  items: number,
): void {
  if (other === distribution)
    throw new TasklearnError(
      'INVALID_OPTION',
      '`reseeded` must be another distribution than the one that is checked.',
    );
  const [first, second] = [distribution, other].map((each) => {
    const size = Math.min(distribution.sizes.train[0] ?? 0, other.sizes.train[0] ?? 0);
    const { inputs, targets } = each.rows('train', 0, evenlySpaced(size, items));
    return { inputs, targets };
  }) as unknown as [Tree<HostTensor>, Tree<HostTensor>];
  demand(differs(first, second), `${distribution.id}: another seed gives the same items.`);
}
