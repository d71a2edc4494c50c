import type { HostTensor, JointDistribution, JointGroup, JointSpec, JointTask, Split } from '@tasklearn/core';
import { oneHotDescriptors } from './one-hot-descriptors.js';

/** The items of one task in one split. */
export interface TaskItems {
  /** [n · size of an input]. */
  readonly inputs: Float32Array;
  /** [n] class indices, or [n · size of a target], in raw units. */
  readonly targets: Int32Array | Float32Array;
  /** 1 where the label is known, [n]; absent when all are. */
  readonly mask?: Float32Array;
}

/** What {@link inMemoryTasks} needs. */
export interface InMemoryTasksOptions {
  /** Full id of the distribution. */
  readonly id: string;
  readonly inputShape: readonly number[];
  /** In the order of every task axis. */
  readonly tasks: readonly JointTask[];
  /** Statistics of regressions are measured on the training items; none need be given. */
  readonly groups: Readonly<Record<string, JointGroup>>;
  /** Items of each task per split. */
  readonly items: Readonly<Record<Split, readonly TaskItems[]>>;
  /** Whether the tasks of a split have the same inputs. */
  readonly sharedInputs: boolean;
  /** z with meaning, [T, Z]; one-hot unless given. */
  readonly descriptors?: HostTensor;
  /** See {@link JointDistribution}. */
  readonly truth?: Readonly<Record<string, readonly number[]>>;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function rowsAt<Values extends Int32Array | Float32Array>(
  values: Values,
  size: number,
  indices: Int32Array,
): Values {
  const rows = new (values.constructor as new (length: number) => Values)(indices.length * size);
  for (const [place, index] of indices.entries())
    rows.set(values.subarray(index * size, (index + 1) * size), place * size);
  return rows;
}

/** Mean and deviation of each component over the labelled items of a task, each [size]. */
function momentsOf({ targets, mask }: TaskItems, size: number): { mean: number[]; deviation: number[] } {
  const count = targets.length / size;
  const known = Array.from({ length: count }, (_, item) => item).filter((item) => mask?.[item] !== 0);
  const components = Array.from({ length: size }, (_, component) =>
    known.map((item) => targets[item * size + component] as number),
  );
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const mean = components.map(average);
  const deviation = components.map(
    (values, component) =>
      Math.sqrt(average(values.map((value) => (value - (mean[component] as number)) ** 2))) || 1,
  );
  return { mean, deviation };
}

/** A group with the statistics of its tasks' training items. */
function measured(
  group: string,
  kind: JointGroup,
  tasks: readonly JointTask[],
  items: readonly TaskItems[],
): JointGroup {
  if (kind.target.kind === 'classification') return kind;
  const { shape } = kind.target;
  const moments = items
    .filter((_, task) => tasks[task]?.group === group)
    .map((own) => momentsOf(own, sizeOf(shape)));
  const tensor = (rows: readonly (readonly number[])[]): HostTensor => ({
    dtype: 'float32',
    shape: [rows.length, ...shape],
    data: Float32Array.from(rows.flat()),
  });
  const mean = tensor(moments.map((each) => each.mean));
  return { ...kind, statistics: { mean, deviation: tensor(moments.map(({ deviation }) => deviation)) } };
}

/** A fixed set of tasks whose items are arrays in memory. */
export function inMemoryTasks(options: InMemoryTasksOptions): JointDistribution {
  const { id, inputShape, tasks, items, sharedInputs, descriptors, truth } = options;
  const groups = Object.fromEntries(
    Object.entries(options.groups).map(([name, kind]) => [name, measured(name, kind, tasks, items.train)]),
  );
  const spec: JointSpec = {
    input: { shape: inputShape, dtype: 'float32' },
    tasks,
    groups,
    descriptors: descriptors ?? oneHotDescriptors(tasks.length),
    descriptorsGeneralise: descriptors !== undefined,
    sharedInputs,
  };
  const inputSize = sizeOf(inputShape);
  const sizes = (split: Split) => items[split].map(({ inputs }) => inputs.length / inputSize);
  return {
    kind: 'joint',
    id,
    spec,
    sizes: { train: sizes('train'), validation: sizes('validation'), test: sizes('test') },
    rows(split, task, indices) {
      const { inputs, targets, mask } = items[split][task] as TaskItems;
      const { target } = groups[(tasks[task] as JointTask).group] as JointGroup;
      const shape = target.kind === 'classification' ? [] : target.shape;
      const data = rowsAt(targets, sizeOf(shape), indices);
      const count = indices.length;
      return {
        inputs: {
          dtype: 'float32',
          shape: [count, ...inputShape],
          data: rowsAt(inputs, inputSize, indices),
        },
        targets: {
          dtype: data instanceof Int32Array ? 'int32' : 'float32',
          shape: [count, ...shape],
          data,
        } as HostTensor,
        ...(mask === undefined
          ? {}
          : { mask: { dtype: 'float32', shape: [count], data: rowsAt(mask, 1, indices) } as const }),
      };
    },
    ...(truth === undefined ? {} : { truth }),
  };
}
