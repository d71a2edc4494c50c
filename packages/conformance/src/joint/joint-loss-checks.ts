import {
  type GroupTargets,
  type HostTensor,
  type JointBatch,
  type JointParameters,
  leavesOf,
  mapTree,
  type Tree,
  treeFromLeaves,
} from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Check, demand } from '../check.js';
import { demandClose } from '../compare.js';
import { checkRng, type JointSubject, onDevice, trainingBatch } from './joint-subject.js';

const TOLERANCE = 1e-4;

/** What losses and predictions depend on: labels, masks, which parameters are whose. */
export function jointLossChecks(subject: JointSubject): readonly Check[] {
  return [
    { name: 'gives one loss per task', run: () => demandLosses(subject) },
    { name: 'predicts for the tasks of every group', run: () => demandPredictions(subject) },
    {
      name: 'predictions of an item do not depend on other items',
      run: () => demandItemsIndependent(subject),
    },
    { name: 'masked labels have no influence', run: () => demandMasked(subject) },
    { name: 'labels of a task change its own loss only', run: () => demandOwnLabels(subject) },
    { name: 'parameters of a task follow its own loss only', run: () => demandOwnParameters(subject) },
    { name: 'gradients of tasks in shared parameters add up', run: () => demandSeparable(subject) },
  ];
}

/** A group's targets with some replaced. */
type Change = (place: { readonly group: string; readonly row: number; readonly item: number }) => boolean;

/** The batch with other labels where `change` says so, of the right type and range. */
function relabelled(
  { distribution }: JointSubject,
  batch: JointBatch<HostTensor>,
  change: Change,
): JointBatch<HostTensor> {
  const groups = Object.entries(batch.groups).map(([group, { targets, mask }]) => {
    const [, items = 1] = targets.shape;
    const size = targets.data.length / mask.data.length;
    const kind = distribution.spec.groups[group]?.target;
    const data = targets.data.slice();
    for (let at = 0; at < data.length; at += 1) {
      const place = Math.floor(at / size);
      if (!change({ group, row: Math.floor(place / items), item: place % items })) continue;
      const value = data[at] as number;
      data[at] = kind?.kind === 'classification' ? (value + 1) % kind.classes : value + 7;
    }
    return [group, { targets: { ...targets, data } as HostTensor, mask }] as const;
  });
  return { ...batch, groups: Object.fromEntries(groups) };
}

function lossesOf(subject: JointSubject, batch: JointBatch<HostTensor>): Promise<Tree<HostTensor>> {
  const learner = subject.create();
  return onDevice(subject, learner, batch, (theta, device) =>
    learner.taskLosses(theta, device, checkRng(), subject.distribution.spec),
  );
}

async function demandLosses(subject: JointSubject): Promise<void> {
  const losses = (await lossesOf(subject, trainingBatch(subject))) as HostTensor;
  const expected = subject.distribution.spec.tasks.length;
  demand(
    losses.shape.join() === `${expected}`,
    `${subject.id}: taskLosses must have the shape [${expected}], one loss per task, got [${losses.shape}].`,
    { expected: [expected], received: losses.shape },
  );
}

/** Means and −log p by group, for the first so many items. */
function predictions(subject: JointSubject, items: number): Promise<Tree<HostTensor>> {
  const learner = subject.create();
  const { spec } = subject.distribution;
  return onDevice(subject, learner, trainingBatch(subject), (theta, batch) => {
    const [sets, , ...shape] = batch.inputs.shape as [number, number, ...number[]];
    const inputs = batch.inputs.slice([0, 0], [sets, items]);
    demand(inputs.rank === shape.length + 2, 'inputs are cut by items');
    const predicted = learner.predict(theta, inputs, spec);
    return Object.fromEntries(
      Object.entries(predicted).map(([group, each]) => {
        const { targets } = batch.groups[group] as GroupTargets;
        const wanted = targets.slice([0, 0], [targets.shape[0] as number, items]);
        return [group, { means: each.mean(), logProbabilities: each.logProbability(wanted) }];
      }),
    );
  });
}

async function demandPredictions(subject: JointSubject): Promise<void> {
  const { batchSize, id, distribution } = subject;
  const { groups, tasks } = distribution.spec;
  const found = (await predictions(subject, batchSize)) as Readonly<
    Record<string, { readonly means: HostTensor; readonly logProbabilities: HostTensor }>
  >;
  for (const [group, { target }] of Object.entries(groups)) {
    const own = tasks.filter((task) => task.group === group).length;
    const tail = target.kind === 'classification' ? [target.classes] : target.shape;
    const shapes = [found[group]?.means.shape, found[group]?.logProbabilities.shape];
    const expected = [
      [own, batchSize, ...tail],
      [own, batchSize],
    ];
    demand(
      JSON.stringify(shapes) === JSON.stringify(expected),
      `${id}: predictions of group '${group}' must have means and log-probabilities of the shapes ${JSON.stringify(expected)}, got ${JSON.stringify(shapes)}.`,
      { group, expected, received: shapes },
    );
    if (target.kind === 'classification') demandProbabilities(id, found[group]?.means as HostTensor);
  }
}

function demandProbabilities(id: string, { data, shape }: HostTensor): void {
  const classes = shape.at(-1) as number;
  for (let at = 0; at < data.length; at += classes) {
    const sum = [...data.slice(at, at + classes)].reduce((total, value) => total + value, 0);
    demand(Math.abs(sum - 1) < 1e-3, `${id}: class probabilities must sum to 1, got ${sum}.`);
  }
}

async function demandItemsIndependent(subject: JointSubject): Promise<void> {
  const half = Math.ceil(subject.batchSize / 2);
  const cut = (tree: Tree<HostTensor>) =>
    mapTree(tree, ({ data, shape, dtype }: HostTensor) => {
      const [rows = 1, items = 1] = shape;
      const size = data.length / (rows * items);
      const kept = Array.from({ length: rows }, (_, row) => [
        ...data.slice(row * items * size, (row * items + half) * size),
      ]).flat();
      return { dtype, shape: [rows, half, ...shape.slice(2)], data: Float32Array.from(kept) } as HostTensor;
    });
  const whole = cut(await predictions(subject, subject.batchSize));
  const part = await predictions(subject, half);
  demandClose(`${subject.id}: predictions in a batch and in half of it`, whole, part, TOLERANCE);
}

async function demandMasked(subject: JointSubject): Promise<void> {
  const batch = trainingBatch(subject);
  // Some items of every task without a label, whatever the data say.
  const groups = Object.entries(batch.groups).map(([group, { targets, mask }]) => {
    const [, items = 1] = mask.shape;
    const data = (mask.data as Float32Array).map((known, at) => (at % items === 1 ? 0 : known));
    return [group, { targets, mask: { ...mask, data } as HostTensor }] as const;
  });
  const hidden = { ...batch, groups: Object.fromEntries(groups) };
  const other = relabelled(subject, hidden, ({ group, row, item }) => {
    const { mask } = hidden.groups[group] as GroupTargets<HostTensor>;
    return mask.data[row * (mask.shape[1] as number) + item] === 0;
  });
  const [first, second] = [await lossesOf(subject, hidden), await lossesOf(subject, other)];
  demandClose(`${subject.id}: losses with other labels where none is known`, first, second, 0);
}

async function demandOwnLabels(subject: JointSubject): Promise<void> {
  const { spec } = subject.distribution;
  const batch = trainingBatch(subject);
  const own = (await lossesOf(subject, batch)) as HostTensor;
  for (const [task, { id, group }] of spec.tasks.entries()) {
    const place = spec.tasks.slice(0, task).filter((each) => each.group === group).length;
    const changed = relabelled(subject, batch, (at) => at.group === group && at.row === place);
    const other = (await lossesOf(subject, changed)) as HostTensor;
    for (const index of spec.tasks.keys()) {
      const moved = own.data[index] !== other.data[index];
      const named = spec.tasks[index]?.id;
      demand(
        moved === (index === task),
        index === task
          ? `${subject.id}: the loss of task '${id}' must depend on its labels.`
          : `${subject.id}: the loss of task '${named}' changes with the labels of task '${id}'.`,
        { task: id, loss: named },
      );
    }
  }
}

/** ∇ in all leaves of a scalar, zeros where it does not depend on them. */
function gradients<T extends Tree<Tensor>>(tree: T, scalar: () => Tensor): T {
  const leaves = leavesOf(tree as Tree<Tensor>);
  if (leaves.length === 0) return tree;
  const { grads } = tf.engine().gradients(() => scalar() as Scalar, leaves, undefined, true);
  return treeFromLeaves(
    tree,
    leaves.map((leaf, index) => grads[index] ?? tf.zerosLike(leaf)),
  ) as T;
}

/** Gradient of the loss of one task. */
function taskGradient(subject: JointSubject, task: number): Promise<Tree<HostTensor>> {
  const learner = subject.create();
  const { spec } = subject.distribution;
  return onDevice(subject, learner, trainingBatch(subject), (theta, batch) =>
    gradients(theta as unknown as Tree<Tensor>, () =>
      learner.taskLosses(theta, batch, checkRng(), spec).slice([task], [1]).sum(),
    ),
  );
}

/** A row of a task's own leaves is moved by one task at most, and a task moves one row at most. */
async function demandOwnParameters(subject: JointSubject): Promise<void> {
  const owners = new Map<string, string>();
  for (const [task, { id }] of subject.distribution.spec.tasks.entries()) {
    const { perTask } = (await taskGradient(subject, task)) as unknown as { perTask: Tree<HostTensor> };
    for (const [leaf, { data, shape }] of leavesOf(perTask).entries()) {
      const rows = shape[0] as number;
      const size = data.length / rows;
      const moved = Array.from({ length: rows }, (_, row) => row).filter((row) =>
        data.slice(row * size, (row + 1) * size).some((value: number) => value !== 0),
      );
      demand(
        moved.length <= 1,
        `${subject.id}: the loss of task '${id}' moves ${moved.length} rows of a leaf of its own, [${shape}]; it must move its own only.`,
        { task: id, rows: moved },
      );
      for (const row of moved) {
        const owner = owners.get(`${leaf} ${row}`) ?? id;
        owners.set(`${leaf} ${row}`, id);
        demand(
          owner === id,
          `${subject.id}: row ${row} of a leaf [${shape}] is moved by tasks '${owner}' and '${id}'.`,
          {
            tasks: [owner, id],
          },
        );
      }
    }
  }
}

/** Shared leaves repeated for each task get the gradient of that task's loss, one pass for all. */
async function demandSeparable(subject: JointSubject): Promise<void> {
  const { tasks } = subject.distribution.spec;
  const learner = subject.create();
  const repeated = await onDevice(subject, learner, trainingBatch(subject), (theta, batch) => {
    const shared = mapTree(theta.shared, (leaf: Tensor) =>
      tf.tile(leaf.expandDims(0), [tasks.length, ...leaf.shape.map(() => 1)]),
    );
    const tiled: JointParameters = { shared, perTask: theta.perTask };
    return gradients(shared as Tree<Tensor>, () =>
      tf.sum(learner.taskLosses(tiled, batch, checkRng(), subject.distribution.spec)),
    );
  });
  for (const [task, { id }] of tasks.entries()) {
    const { shared } = (await taskGradient(subject, task)) as unknown as { shared: Tree<HostTensor> };
    const row = mapTree(repeated, ({ data, shape, dtype }: HostTensor) => {
      const size = data.length / tasks.length;
      return { dtype, shape: shape.slice(1), data: data.slice(task * size, (task + 1) * size) } as HostTensor;
    });
    demandClose(
      `${subject.id}: gradient of task '${id}' alone and beside the others`,
      shared,
      row,
      TOLERANCE,
    );
  }
}
