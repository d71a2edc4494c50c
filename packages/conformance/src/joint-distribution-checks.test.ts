import {
  createRng,
  type HostTensor,
  type JointDistribution,
  type JointRows,
  type JointSpec,
  type Split,
} from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { trivialJointDistribution } from './joint/trivial-joint-distribution.js';
import { type JointDistributionCheckOptions, jointDistributionChecks } from './joint-distribution-checks.js';

const COUNT = 12;
const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** x of an item, two numbers in [0, 1). */
function inputOf(seed: string, split: Split, item: number): readonly number[] {
  const own = createRng(seed).split(split).split(item);
  return [own.next(), own.next()];
}

/** Two regressions y = x_t on the same inputs, every third label unknown, with statistics and truth. */
function good(seed = 'good'): JointDistribution {
  const rows = (split: Split, task: number, indices: Int32Array): JointRows => {
    const x = Array.from(indices, (item) => inputOf(seed, split, item));
    const known = Array.from(indices, (item) => Number(item % 3 !== 1));
    return {
      inputs: floats([indices.length, 2], x.flat()),
      targets: floats(
        [indices.length, 1],
        x.map((each, at) => (known[at] === 1 ? (each[task] as number) : 50)),
      ),
      mask: floats([indices.length], known),
    };
  };
  const labelled = Array.from({ length: COUNT }, (_, item) => item).filter((item) => item % 3 !== 1);
  const average = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const values = [0, 1].map((task) => labelled.map((item) => inputOf(seed, 'train', item)[task] as number));
  const mean = values.map(average);
  const deviation = values.map((own, task) =>
    Math.sqrt(average(own.map((value) => (value - (mean[task] as number)) ** 2))),
  );
  return {
    kind: 'joint',
    id: 'good',
    spec: {
      input: { shape: [2], dtype: 'float32', minimum: 0, maximum: 1 },
      tasks: [
        { id: 'first', group: 'numbers', weight: 2 },
        { id: 'second', group: 'numbers' },
      ],
      groups: {
        numbers: {
          target: { kind: 'regression', shape: [1] },
          loss: 'meanSquaredError',
          statistics: { mean: floats([2, 1], mean), deviation: floats([2, 1], deviation) },
        },
      },
      descriptors: floats([2, 2], [1, 0, 0, 1]),
      descriptorsGeneralise: false,
      sharedInputs: true,
    },
    sizes: { train: [COUNT, COUNT], validation: [4, 4], test: [6, 6] },
    rows,
    truth: { risk: [0, 0] },
  };
}

const right = good();
const withSpec = (by: Partial<JointSpec>): JointDistribution => ({
  ...right,
  spec: { ...right.spec, ...by },
});
const withSizes = (by: Partial<JointDistribution['sizes']>): JointDistribution => ({
  ...right,
  sizes: { ...right.sizes, ...by },
});
type Rows = JointDistribution['rows'];
const giving = (change: (rows: Rows) => Rows): JointDistribution => ({ ...right, rows: change(right.rows) });
const after = (change: (rows: JointRows, task: number) => Partial<JointRows>) =>
  giving((rows) => (split, task, indices) => {
    const own = rows(split, task, indices);
    return { ...own, ...change(own, task) };
  });
const filled = (tensor: HostTensor, value: number): HostTensor => ({
  ...tensor,
  data: tensor.data.map(() => value) as Float32Array,
});
const statistics = (by: Partial<Record<'mean' | 'deviation', HostTensor>>): JointDistribution => {
  const numbers = right.spec.groups.numbers as NonNullable<JointSpec['groups'][string]>;
  const own = numbers.statistics as NonNullable<typeof numbers.statistics>;
  return withSpec({ groups: { numbers: { ...numbers, statistics: { ...own, ...by } } } });
};
const tasks = right.spec.tasks as readonly [JointSpec['tasks'][number], JointSpec['tasks'][number]];
const numbers = right.spec.groups.numbers as JointSpec['groups'][string];

const declared = 'declares tasks that fit together';
const pure = 'the same indices give the same items';
const agree = 'a batch is its items one by one';
const vary = 'items and splits differ';
const fit = 'items fit the spec';
const shared = 'tasks share their inputs';
const apart = 'splits of a task share no item';
const measured = 'statistics are those of the training items';
const truth = 'truth is finite numbers';
const reseeded = 'another seed gives other items';

/** What each distribution does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, distribution: JointDistribution])[] = [
  [declared, 'has no task', withSpec({ tasks: [] })],
  [declared, 'has a name twice', withSpec({ tasks: [tasks[0], { ...tasks[1], id: 'first' }] })],
  [declared, 'has a task of no group', withSpec({ tasks: [tasks[0], { ...tasks[1], group: 'none' }] })],
  [declared, 'weighs a task below 0', withSpec({ tasks: [tasks[0], { ...tasks[1], weight: -1 }] })],
  [declared, 'has a group of no task', withSpec({ groups: { numbers, empty: numbers } })],
  [declared, 'describes one task only', withSpec({ descriptors: floats([1, 2], [1, 0]) })],
  [declared, 'describes tasks by NaN', withSpec({ descriptors: floats([2, 1], [Number.NaN, 1]) })],
  [declared, 'describes tasks alike', withSpec({ descriptors: floats([2, 2], [1, 0, 1, 0]) })],
  [declared, 'forgets the size of a task', withSizes({ test: [6] })],
  [declared, 'has half an item', withSizes({ test: [5.5, 5.5] })],
  [declared, 'has more shared items of one task', withSizes({ test: [6, 5] })],
  [pure, 'draws from Math.random', after(({ inputs }) => ({ inputs: filled(inputs, Math.random()) }))],
  [
    pure,
    'counts its calls',
    (() => {
      let calls = 0;
      return giving(
        (rows) => (split, task, indices) =>
          rows(
            split,
            task,
            indices.map((item) => item + calls++),
          ),
      );
    })(),
  ],
  [
    pure,
    'writes over what it returned',
    (() => {
      const buffer = new Float32Array(1000);
      return after(({ inputs }) => {
        buffer.set(inputs.data);
        return { inputs: { ...inputs, data: buffer.subarray(0, inputs.data.length) } as HostTensor };
      });
    })(),
  ],
  [
    pure,
    'sorts the indices it is given',
    giving((rows) => (split, task, indices) => rows(split, task, indices.sort())),
  ],
  [
    agree,
    'depends on what is asked for beside an item',
    giving(
      (rows) => (split, task, indices) =>
        rows(
          split,
          task,
          indices.map((item) => item + indices.length),
        ),
    ),
  ],
  [
    agree,
    'gives items in an order of its own',
    giving((rows) => (split, task, indices) => rows(split, task, indices.toSorted())),
  ],
  [
    agree,
    'gives an item once only',
    giving((rows) => (split, task, indices) => rows(split, task, Int32Array.from(new Set(indices)))),
  ],
  [
    vary,
    'has one item only',
    giving(
      (rows) => (split, task, indices) =>
        rows(
          split,
          task,
          indices.map(() => 0),
        ),
    ),
  ],
  [vary, 'ignores the split', giving((rows) => (_split, task, indices) => rows('train', task, indices))],
  [
    fit,
    'forgets an axis',
    after(({ targets }) => ({ targets: { ...targets, shape: [targets.shape[0] as number] } })),
  ],
  [fit, 'has another type', after(({ inputs }) => ({ inputs: { ...inputs, dtype: 'int32' } as never }))],
  [
    fit,
    'has another array',
    after(({ targets }) => ({ targets: { ...targets, data: new Int32Array(targets.data.length) } as never })),
  ],
  [
    fit,
    'has too few values',
    after(({ inputs }) => ({ inputs: { ...inputs, data: inputs.data.slice(1) } as HostTensor })),
  ],
  [fit, 'leaves the range', after(({ inputs }) => ({ inputs: filled(inputs, 2) }))],
  [
    fit,
    'has targets that are no numbers',
    after(({ targets }) => ({ targets: filled(targets, Number.NaN) })),
  ],
  [fit, 'has a fuzzy mask', after(({ mask }) => ({ mask: filled(mask as HostTensor, 0.5) }))],
  [
    fit,
    'has a mask for each target',
    after(({ mask }) => ({
      mask: { ...(mask as HostTensor), shape: [(mask as HostTensor).shape[0] as number, 1] },
    })),
  ],
  [
    fit,
    'has a class too many',
    (() => {
      const distribution = trivialJointDistribution({ targets: ['classification'] });
      return {
        ...distribution,
        rows: (...call) => {
          const rows = distribution.rows(...call);
          return { ...rows, targets: filled(rows.targets, 2) };
        },
      };
    })(),
  ],
  [
    shared,
    'has other inputs for the second task',
    after(({ inputs }, task) => (task === 0 ? {} : { inputs: filled(inputs, 0.5) })),
  ],
  [
    apart,
    'tests on one item of training',
    giving((rows) => (split, task, indices) => {
      const own = rows(split, task, indices);
      const at = indices.indexOf(3);
      if (split === 'test' && at >= 0)
        own.inputs.data.set(rows('train', task, Int32Array.of(7)).inputs.data, 2 * at);
      return own;
    }),
  ],
  [measured, 'counts unknown labels', statistics({ mean: floats([2, 1], [17, 17]) })],
  [measured, 'declares a deviation of 0', statistics({ deviation: floats([2, 1], [0, 0]) })],
  [measured, 'declares another deviation', statistics({ deviation: floats([2, 1], [0.9, 0.9]) })],
  [measured, 'declares statistics of one task', statistics({ mean: floats([1, 1], [0.5]) })],
  [truth, 'knows NaN', { ...right, truth: { risk: [0, Number.NaN] } }],
  [truth, 'knows nothing', { ...right, truth: { risk: [] } }],
];

async function run(
  distribution: JointDistribution,
  name: string,
  options: JointDistributionCheckOptions = {},
): Promise<void> {
  const check = jointDistributionChecks(distribution, options).find((each) => each.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const failed = { code: '@tasklearn/conformance:FAILED' };

describe('joint distributions that keep the contract', () => {
  describe.each([
    ['shared inputs', right],
    ['both kinds of target', trivialJointDistribution()],
    ['classes', trivialJointDistribution({ targets: ['classification'] })],
    ['a split without items', withSizes({ validation: [0, 0] })],
  ] as const)('%s', (_name, distribution) => {
    const checks = jointDistributionChecks(distribution, { reseeded: good('another') });
    for (const check of checks.slice(0, distribution.id === 'good' ? undefined : -1))
      it(check.name, () => check.run());
  });
});

describe('broken joint distributions are caught by the check of that name', () => {
  it.each(mistakes)('%s: one that %s', async (name, _mistake, distribution) => {
    await run(right, name);
    await expect(run(distribution, name)).rejects.toMatchObject(failed);
    await run(distribution, name, { expectedFailures: { [name]: 'on purpose' } });
  });

  it('one that ignores the seed, and refuses to be compared with itself', async () => {
    await expect(run(right, reseeded, { reseeded: good() })).rejects.toMatchObject(failed);
    await expect(run(right, reseeded, { reseeded: right })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('makes checks of what there is only, and can be told that items repeat', () => {
    const names = (options?: JointDistributionCheckOptions) =>
      jointDistributionChecks(trivialJointDistribution(), options).map(({ name }) => name);
    for (const absent of [shared, measured, truth, reseeded]) expect(names()).not.toContain(absent);
    expect(names()).toContain(apart);
    expect(names({ distinctItems: false })).not.toContain(apart);
  });
});
