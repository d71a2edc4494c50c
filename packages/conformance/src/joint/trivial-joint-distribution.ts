import {
  createRng,
  type HostTensor,
  type JointDistribution,
  type JointGroup,
  type JointRows,
  type JointSpec,
  type Split,
} from '@tasklearn/core';

/** What {@link trivialJointDistribution} may be told. */
export interface TrivialJointOptions {
  /** Kinds of target; with both, the second of the four tasks is a classification and the others are regressions. */
  readonly targets?: readonly ('classification' | 'regression')[];
}

const TASKS = ['first', 'second', 'third', 'fourth'] as const;
const INPUTS = 4;
const SIZES = { train: 48, validation: 16, test: 24 } as const;
/** One in so many training items has no label. */
const UNLABELLED = 5;

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

function specOf(targets: readonly ('classification' | 'regression')[]): JointSpec {
  const own: Readonly<Record<'classification' | 'regression', JointGroup>> = {
    classification: { target: { kind: 'classification', classes: 2 }, loss: 'crossEntropy' },
    regression: { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' },
  };
  const both = targets.includes('classification') && targets.includes('regression');
  const groupOf = (task: number) => (both ? (task === 1 ? 'classification' : 'regression') : targets[0]);
  const tasks = TASKS.map((id, task) => ({ id, group: groupOf(task) as 'classification' | 'regression' }));
  const kinds = [...new Set(tasks.map(({ group }) => group))];
  const length = TASKS.length;
  return {
    input: { shape: [INPUTS], dtype: 'float32' },
    tasks,
    groups: Object.fromEntries(kinds.map((kind) => [kind, own[kind]])),
    descriptors: floats(
      [length, length],
      Array.from({ length: length ** 2 }, (_, at) => (at % (length + 1) === 0 ? 1 : 0)),
    ),
    descriptorsGeneralise: false,
    sharedInputs: false,
  };
}

/**
 * Four easy tasks on four numbers that have most in common, v = x_0 + 0.1 (t − 1.5) x_1, x ~ U(−1, 1): the value of v, or whether
 * it is positive. Some training items have no label; what stands in its place is nonsense.
 */
export function trivialJointDistribution({
  targets = ['classification', 'regression'],
}: TrivialJointOptions = {}): JointDistribution {
  const spec = specOf(targets);
  const sizes = (split: Split) => TASKS.map(() => SIZES[split]);
  return {
    kind: 'joint',
    id: 'trivial',
    spec,
    sizes: { train: sizes('train'), validation: sizes('validation'), test: sizes('test') },
    rows(split, task, indices): JointRows {
      const stream = createRng('trivial joint').split(split).split(task);
      const x = [...indices].map((item) => {
        const own = stream.split(item);
        return Array.from({ length: INPUTS }, () => 2 * own.next() - 1);
      });
      const v = x.map((row) => (row[0] as number) + 0.1 * (task - 1.5) * (row[1] as number));
      const known = [...indices].map((item) => (split === 'train' && item % UNLABELLED === 2 ? 0 : 1));
      const inputs = floats([indices.length, INPUTS], x.flat());
      const mask = floats([indices.length], known);
      if (spec.tasks[task]?.group === 'regression') {
        const data = v.map((value, row) => (known[row] === 1 ? value : 1000));
        return { inputs, targets: floats([indices.length, 1], data), mask };
      }
      const data = Int32Array.from(v, (value, row) =>
        known[row] === 1 ? Number(value > 0) : Number(value <= 0),
      );
      return { inputs, targets: { dtype: 'int32', shape: [indices.length], data }, mask };
    },
  };
}
