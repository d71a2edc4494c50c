import {
  createRng,
  type EpisodeBatch,
  type EpisodicDistribution,
  type HostTensor,
  type Split,
} from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { type DistributionCheckOptions, distributionChecks } from './distribution-checks.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';

const classes = trivialDistribution({
  input: { shape: [6, 6, 1], dtype: 'float32', minimum: 0, maximum: 1 },
  target: { kind: 'classification', classes: 3 },
  loss: 'crossEntropy',
  supportSize: 6,
  querySize: 3,
  ways: 3,
  shots: 2,
});

/** With names, of which each split has its own hundred. */
const named: EpisodicDistribution = {
  ...classes,
  truth: (split, index, rng) => {
    const first = rng.split(split).split(index).integer(97);
    return { classNames: [first, first + 1, first + 2].map((name) => `${split} ${name}`) };
  },
};
const tokens = trivialDistribution({
  input: { shape: [3], dtype: 'int32', minimum: 0, maximum: 9 },
  target: { kind: 'classification', classes: 2 },
  loss: 'crossEntropy',
  supportSize: 4,
  querySize: 2,
});
const lines = trivialDistribution({
  input: { shape: [2], dtype: 'float32', minimum: -3, maximum: 5 },
  target: { kind: 'regression', shape: [2] },
  loss: 'meanSquaredError',
  supportSize: 4,
  querySize: 3,
});
const coins = trivialDistribution({
  ...lines.spec,
  target: { kind: 'regression', shape: [8] },
  loss: 'bernoulli',
});

type Episodes = EpisodicDistribution['episodes'];

/** A distribution whose episodes are drawn otherwise. */
const drawing = (change: (good: Episodes) => Episodes): EpisodicDistribution => ({
  ...named,
  episodes: change(named.episodes),
});

/** A distribution whose episodes are changed after they are drawn. */
const after = (change: (episodes: EpisodeBatch<HostTensor>) => unknown) =>
  drawing((good) => (...call) => {
    const episodes = good(...call);
    return (change(episodes) ?? episodes) as EpisodeBatch<HostTensor>;
  });

const change = (tensor: HostTensor, by: Partial<HostTensor>): HostTensor => ({ ...tensor, ...by });

async function run(
  distribution: EpisodicDistribution,
  name: string,
  options: DistributionCheckOptions = {},
): Promise<void> {
  const check = distributionChecks(distribution, options).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const withQuery = (by: (query: EpisodeBatch<HostTensor>['query']) => object) =>
  after((episodes) => ({ ...episodes, query: { ...episodes.query, ...by(episodes.query) } }));

/** What each distribution does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, distribution: EpisodicDistribution])[] = [
  [
    'the same arguments give the same episodes',
    'draws from Math.random',
    after(({ query }) => {
      query.inputs.data[0] = Math.random();
    }),
  ],
  [
    'the same arguments give the same episodes',
    'goes on with the stream it is given',
    drawing(
      (good) => (split, first, count, rng, into) =>
        good(split, first, count, createRng(rng.integer(1000)), into),
    ),
  ],
  [
    'the same arguments give the same episodes',
    'counts its calls',
    (() => {
      let calls = 0;
      return drawing((good) => (split, first, count, rng) => good(split, first + calls++, count, rng));
    })(),
  ],
  [
    'another index, split or seed gives other episodes',
    'ignores the index',
    drawing((good) => (split, _first, count, rng) => good(split, 0, count, rng)),
  ],
  [
    'another index, split or seed gives other episodes',
    'ignores the split',
    drawing((good) => (_split, first, count, rng) => good('train', first, count, rng)),
  ],
  [
    'another index, split or seed gives other episodes',
    'ignores the seed',
    drawing((good) => (split, first, count) => good(split, first, count, createRng(0))),
  ],
  [
    'a batch is its episodes one by one',
    'depends on the batch size',
    drawing((good) => (split, first, count, rng, into) => good(split, first, count, rng.split(count), into)),
  ],
  [
    'reuses the buffers it is given',
    'makes new ones',
    drawing((good) => (split, first, count, rng) => good(split, first, count, rng)),
  ],
  [
    'reuses the buffers it is given',
    'leaves old values in them',
    drawing((good) => (split, first, count, rng, into) => {
      const kept = into?.query.inputs.data[0];
      const episodes = good(split, first, count, rng, into);
      if (kept !== undefined) episodes.query.inputs.data[0] = kept;
      return episodes;
    }),
  ],
  [
    'episodes fit the spec',
    'forgets an axis',
    withQuery(({ inputs }) => ({ inputs: change(inputs, { shape: [...inputs.shape].slice(0, -1) }) })),
  ],
  [
    'episodes fit the spec',
    'has another type',
    withQuery(({ targets }) => ({ targets: change(targets, { dtype: 'float32' }) })),
  ],
  [
    'episodes fit the spec',
    'has another array',
    withQuery(({ targets }) => ({ targets: change(targets, { data: Float32Array.from(targets.data) }) })),
  ],
  [
    'episodes fit the spec',
    'has too few values',
    withQuery(({ inputs }) => ({ inputs: change(inputs, { data: inputs.data.slice(1) }) })),
  ],
  [
    'episodes fit the spec',
    'leaves the range',
    withQuery(({ inputs }) => ({
      inputs: change(inputs, { data: inputs.data.map((x) => x + 1) as Float32Array }),
    })),
  ],
  [
    'episodes fit the spec',
    'holds NaN',
    withQuery(({ inputs }) => ({
      inputs: change(inputs, { data: inputs.data.map(() => Number.NaN) as Float32Array }),
    })),
  ],
  [
    'episodes fit the spec',
    'has a label too many',
    withQuery(({ targets }) => ({
      targets: change(targets, { data: targets.data.map(() => 3) as Int32Array }),
    })),
  ],
  [
    'episodes fit the spec',
    'has a fuzzy mask',
    withQuery(({ targets }) => ({
      mask: { dtype: 'float32', shape: targets.shape, data: new Float32Array(targets.data.length).fill(0.5) },
    })),
  ],
  [
    'episodes fit the spec',
    'has no shot of a class',
    after(({ support }) => {
      support.labelled.targets.data.fill(1);
    }),
  ],
  [
    'support and query share no item',
    'asks for what it showed',
    after(({ support, query }) => {
      query.inputs.data.set(support.labelled.inputs.data.subarray(0, 36), 0);
    }),
  ],
  [
    'truth belongs to its episode',
    'tells another truth each time',
    { ...named, truth: () => ({ parameters: { amplitude: Math.random() } }) },
  ],
  [
    'truth belongs to its episode',
    'always tells the same truth',
    { ...named, truth: () => ({ parameters: { amplitude: 1 } }) },
  ],
  [
    'truth belongs to its episode',
    'tells what JSON cannot hold',
    { ...named, truth: () => ({ parameters: { amplitude: Number.NaN } }) },
  ],
  [
    'truth belongs to its episode',
    'forgets a class',
    { ...named, truth: (_split, index) => ({ classNames: [`${index}`, 'b'] }) },
  ],
  [
    'truth belongs to its episode',
    'has a class twice',
    { ...named, truth: (_split, index) => ({ classNames: [`${index}`, 'b', 'b'] }) },
  ],
  [
    'splits share no class',
    'tests on what it trains on',
    {
      ...named,
      truth: (_split: Split, index: number) => ({ classNames: [`${index}`, `${index + 1}`, `${index + 2}`] }),
    },
  ],
];

describe('distributions that keep the contract', () => {
  describe.each([
    ['classes with names', named],
    ['tokens', tokens],
    ['lines', lines],
    ['coins', coins],
  ] as const)('%s', (_name, distribution) => {
    // Patterns of three whole numbers are often equal.
    const options = { distinctItems: distribution !== tokens };
    for (const check of distributionChecks(distribution, options)) it(check.name, () => check.run());
  });

  it('may have masked shots, and truth about numbers', async () => {
    const masked = after(({ support, query }) => ({
      support: {
        labelled: {
          ...support.labelled,
          mask: {
            dtype: 'float32',
            shape: support.labelled.targets.shape,
            data: Float32Array.from(support.labelled.targets.data, (_, at) => Number(at % 6 !== 5)),
          },
        },
      },
      query,
    }));
    await run(masked, 'episodes fit the spec');
    const truth = (_split: Split, index: number) => ({ parameters: { amplitude: index } });
    await run({ ...lines, truth }, 'truth belongs to its episode');
    await run({ ...lines, truth }, 'splits share no class');
    await run({ ...lines, truth: () => ({}) }, 'truth belongs to its episode', { episodes: 1 });
  });
});

describe('broken distributions are caught by the check of that name', () => {
  it.each(mistakes)('%s: one that %s', async (name, _mistake, distribution) => {
    await run(named, name);
    await expect(run(distribution, name)).rejects.toMatchObject({ code: '@tasklearn/conformance:FAILED' });
    await run(distribution, name, { expectedFailures: { [name]: 'on purpose' } });
  });

  it('can be told that items repeat', () => {
    expect(distributionChecks(named, { distinctItems: false }).map(({ name }) => name)).not.toContain(
      'support and query share no item',
    );
  });
});
