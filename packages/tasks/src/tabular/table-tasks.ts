import {
  createRng,
  type HostTensor,
  type JointDistribution,
  type JointGroup,
  type JointSpec,
  requireInRange,
  requireInteger,
  type Split,
  TasklearnError,
} from '@tasklearn/core';
import { oneHotDescriptors } from '../suites/one-hot-descriptors.js';
import type { Table } from './decode-table.js';
import { type FeatureOptions, type Features, tableFeatures } from './table-features.js';

/** How rows are dealt to the splits. */
export type TableSplitOptions = {
  /** Fixes which rows are for what. */
  readonly seed: number;
  /** Share of the rows of each task for validation. */
  readonly validationFraction: number;
  /** Share for the test. */
  readonly testFraction: number;
  /** Training rows of each task at most; 0 for all. */
  readonly trainItems: number;
};

/** 15 % each for validation and test. */
export const tableSplitDefaults: TableSplitOptions = {
  seed: 0,
  validationFraction: 0.15,
  testFraction: 0.15,
  trainItems: 0,
};

/** What is predicted of a row. */
export interface TableTarget {
  readonly id: string;
  /** `classification` into two: 1 where `of` is 1. */
  readonly kind: 'classification' | 'regression';
  /** Reads the target of a row. */
  readonly of: (table: Table) => (row: number) => number;
}

/** Tasks that a table holds. */
export interface TableTasks {
  /** Full id of the distribution. */
  readonly id: string;
  readonly features: FeatureOptions;
  readonly targets: readonly TableTarget[];
  /** A column whose every value is a task of its own; then there is one target. Absent: each target is a task, on shared inputs. */
  readonly groupBy?: string;
}

/** Rows of each task per split. */
type Dealt = Readonly<Record<Split, readonly Int32Array[]>>;

function deal(groups: readonly Int32Array[], options: TableSplitOptions): Dealt {
  const rng = createRng(options.seed).split('rows');
  const dealt = groups.map((rows, task) => {
    const order = rng.split(task).permutation(rows.length);
    const shuffled = Int32Array.from(order, (place) => rows[place] as number);
    const test = Math.round(rows.length * options.testFraction);
    const validation = Math.round(rows.length * options.validationFraction);
    const training = shuffled.subarray(test + validation);
    return {
      test: shuffled.subarray(0, test),
      validation: shuffled.subarray(test, test + validation),
      train: options.trainItems === 0 ? training : training.subarray(0, options.trainItems),
    };
  });
  return {
    train: dealt.map(({ train }) => train),
    validation: dealt.map(({ validation }) => validation),
    test: dealt.map(({ test }) => test),
  };
}

/** The rows of each value of a column, values ascending. */
function groupsOf(
  table: Table,
  column: string,
): { readonly names: readonly string[]; readonly rows: Int32Array[] } {
  const { values, categories } = table.column(column);
  const kinds = [...new Set(values)].sort((a, b) => a - b);
  return {
    names: kinds.map((kind) => categories?.[kind] ?? `${column} ${kind}`),
    rows: kinds.map((kind) => Int32Array.from([...values.keys()].filter((row) => values[row] === kind))),
  };
}

function statistics(
  targets: readonly ((row: number) => number)[],
  rows: readonly Int32Array[],
): JointGroup['statistics'] {
  const tasks = rows.length;
  const mean = new Float32Array(tasks);
  const deviation = new Float32Array(tasks);
  for (const [task, own] of rows.entries()) {
    const of = (targets.length === 1 ? targets[0] : targets[task]) as (row: number) => number;
    const values = Array.from(own, of);
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean[task] = average;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    deviation[task] = Math.sqrt(variance) || 1;
  }
  const tensor = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [tasks, 1], data });
  return { mean: tensor(mean), deviation: tensor(deviation) };
}

function validate(id: string, options: TableSplitOptions): void {
  requireInRange(id, options, 'validationFraction', 0, 0.9);
  requireInRange(id, options, 'testFraction', 0, 0.9);
  requireInteger(id, options, 'trainItems', 0);
  if (options.validationFraction + options.testFraction < 1) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${id}: \`validationFraction\` and \`testFraction\` must leave rows to train on, got ${options.validationFraction} + ${options.testFraction}.`,
    { owner: id, key: 'testFraction' },
  );
}

function inputsOf({ values, size }: Features, rows: Int32Array): HostTensor {
  const data = new Float32Array(rows.length * size);
  for (const [index, row] of rows.entries())
    data.set(values.subarray(row * size, (row + 1) * size), index * size);
  return { dtype: 'float32', shape: [rows.length, size], data };
}

function targetsOf(kind: TableTarget['kind'], of: (row: number) => number, rows: Int32Array): HostTensor {
  if (kind === 'classification')
    return { dtype: 'int32', shape: [rows.length], data: Int32Array.from(rows, of) };
  return { dtype: 'float32', shape: [rows.length, 1], data: Float32Array.from(rows, of) };
}

/**
 * Tasks on the rows of a table: either several columns predicted from the same rows, or one column predicted in groups of
 * rows. Rows are dealt to the splits at random, task by task; features and labels are scaled by the training rows only.
 *
 * @throws `INVALID_OPTION` for a value out of range or a column that is not there.
 */
export function tableTasks(
  table: Table,
  { id, features: featureOptions, targets, groupBy }: TableTasks,
  options: TableSplitOptions,
): JointDistribution {
  validate(id, options);
  const groups =
    groupBy === undefined
      ? {
          names: targets.map((target) => target.id),
          rows: [Int32Array.from({ length: table.rows }, (_, row) => row)],
        }
      : groupsOf(table, groupBy);
  const dealt = deal(groups.rows, options);
  const shared = groupBy === undefined;
  const own = (split: Split, task: number) => dealt[split][shared ? 0 : task] as Int32Array;
  const trainingRows = Int32Array.from(dealt.train.flatMap((rows) => [...rows]));
  const features = tableFeatures(table, trainingRows, featureOptions);
  const readers = targets.map(({ of }) => of(table));
  const targetOf = (task: number) => (shared ? task : 0);
  const kinds = new Set(targets.map(({ kind }) => kind));
  const groupOf = (kind: TableTarget['kind']): JointGroup => {
    if (kind === 'classification') return { target: { kind, classes: 2 }, loss: 'crossEntropy' };
    const tasks = groups.names.flatMap((_, task) => (targets[targetOf(task)]?.kind === kind ? [task] : []));
    const measured = statistics(
      shared
        ? tasks.map((task) => readers[task] as (row: number) => number)
        : [readers[0] as (row: number) => number],
      tasks.map((task) => own('train', task)),
    );
    return {
      target: { kind, shape: [1] },
      loss: 'meanSquaredError',
      ...(measured === undefined ? {} : { statistics: measured }),
    };
  };
  const spec: JointSpec = {
    input: { shape: [features.size], dtype: 'float32' },
    tasks: groups.names.map((name, task) => ({ id: name, group: targets[targetOf(task)]?.kind as string })),
    groups: Object.fromEntries([...kinds].map((kind) => [kind, groupOf(kind)])),
    descriptors: oneHotDescriptors(groups.names.length),
    descriptorsGeneralise: false,
    sharedInputs: shared,
  };
  const sizes = (split: Split) => groups.names.map((_, task) => own(split, task).length);
  return {
    kind: 'joint',
    id,
    spec,
    sizes: { train: sizes('train'), validation: sizes('validation'), test: sizes('test') },
    rows(split, task, indices) {
      const all = own(split, task);
      const rows = Int32Array.from(indices, (index) => all[index] as number);
      const { kind } = targets[targetOf(task)] as TableTarget;
      const reader = readers[targetOf(task)] as (row: number) => number;
      return { inputs: inputsOf(features, rows), targets: targetsOf(kind, reader, rows) };
    },
  };
}
