import type { HostTensor, JointDistribution, JointGroup, JointSpec } from '@tasklearn/core';
import { demand, failure } from '../check.js';
import { demandIdentical } from '../compare.js';
import { contentKeys } from '../content-keys.js';
import { demandLabelled } from '../demand-labelled.js';
import { demandForm, demandRange } from '../demand-tensor.js';
import { evenlySpaced } from '../evenly-spaced.js';
import { eachTask } from './purity-checks.js';

const SPLITS = ['train', 'validation', 'test'] as const;

/** Tasks have names, groups, weights, descriptors of their own and numbers of items. */
export function demandDeclared({ id, spec, sizes }: JointDistribution): void {
  const { tasks, groups } = spec;
  demand(tasks.length > 0, `${id}: a set of tasks must have one.`);
  const names = new Set(tasks.map((task) => task.id));
  demand(names.size === tasks.length, `${id}: ids of tasks must be unique.`, {
    tasks: tasks.map((task) => task.id),
  });
  for (const { id: name, group, weight = 1 } of tasks) {
    demand(group in groups, `${id}: task '${name}' is of the group '${group}', which is not declared.`);
    const isWeight = Number.isFinite(weight) && weight >= 0;
    demand(isWeight, `${id}: the weight of task '${name}' must be finite and at least 0, got ${weight}.`);
  }
  const empty = Object.keys(groups).find((group) => tasks.every((task) => task.group !== group));
  demand(empty === undefined, `${id}: the group '${empty}' has no task.`);
  demandDescriptors(id, spec);
  for (const split of SPLITS) {
    const own = sizes[split];
    demand(
      own.length === tasks.length,
      `${id}: expected ${tasks.length} sizes of ${split}, got ${own.length}.`,
    );
    const odd = own.find((size) => !(Number.isInteger(size) && size >= 0));
    demand(odd === undefined, `${id}: sizes of ${split} must be whole numbers, got ${odd}.`);
    const isEven = !spec.sharedInputs || own.every((size) => size === own[0]);
    demand(isEven, `${id}: tasks on shared inputs must have equally many items in ${split}, got ${own}.`);
  }
}

function demandDescriptors(id: string, { tasks, descriptors }: JointSpec): void {
  demandForm(`${id}: descriptors`, descriptors, 'float32', [tasks.length, descriptors.shape[1] ?? 0]);
  demandRange(`${id}: descriptors`, descriptors);
  const kinds = new Set(contentKeys(descriptors)).size;
  demand(kinds === tasks.length, `${id}: ${tasks.length} tasks have ${kinds} different descriptors.`);
}

/** Shapes, types, ranges and masks are those of the spec, of every task in every split. */
export function demandRowsFit(distribution: JointDistribution, items: number): void {
  const { id, spec } = distribution;
  eachTask(distribution, (split, task, size) => {
    const what = `${id}: ${split} of task ${task},`;
    const indices = evenlySpaced(size, items);
    const { target } = groupOf(spec, task);
    const rows = distribution.rows(split, task, indices);
    demandLabelled(what, { input: spec.input, target }, rows, indices.length);
    if (rows.mask === undefined) return;
    demandForm(`${what} mask`, rows.mask, 'float32', [indices.length]);
    const odd = rows.mask.data.find((value) => value !== 0 && value !== 1);
    demand(odd === undefined, `${what} mask must be 0 or 1, got ${odd}.`);
  });
}

function groupOf({ tasks, groups }: JointSpec, task: number): JointGroup {
  const name = tasks[task]?.group as string;
  const group = groups[name];
  if (group === undefined) throw failure(`task ${task} is of the group '${name}', which is not declared.`);
  return group;
}

/** Where inputs are shared, an item is the same for every task. */
export function demandInputsShared(distribution: JointDistribution, items: number): void {
  const { id, sizes } = distribution;
  eachTask(distribution, (split, task) => {
    if (task === 0) return;
    const indices = evenlySpaced(Math.min(...sizes[split]), items);
    const [first, own] = [0, task].map((each) => distribution.rows(split, each, indices).inputs);
    demandIdentical(`${id}: ${split} inputs of tasks 0 and ${task}`, first as HostTensor, own as HostTensor);
  });
}

/** No input of a task in one split is an input of that task in another, bit for bit. */
export function demandSplitsApart(distribution: JointDistribution, items: number): void {
  const { id, spec } = distribution;
  const owners = spec.tasks.map(() => new Map<string, string>());
  eachTask(distribution, (split, task, size) => {
    const owner = owners[task] as Map<string, string>;
    for (const key of contentKeys(distribution.rows(split, task, evenlySpaced(size, items)).inputs)) {
      const other = owner.get(key) ?? split;
      demand(other === split, `${id}: an item of task ${task} is in ${other} and in ${split}.`, {
        task,
        split,
        other,
      });
      owner.set(key, split);
    }
  });
}
