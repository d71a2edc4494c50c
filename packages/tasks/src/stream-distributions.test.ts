import { type StreamDistributionCheckOptions, streamDistributionChecks } from '@tasklearn/conformance';
import { createRegistry, type StreamDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sharedData } from './__fixtures__/shared-data.js';
import { tasksPlugin } from './plugin.node.js';

const registry = createRegistry([tasksPlugin]);

/** Options other than the defaults, and what is expected of them. */
type Variant = {
  readonly key: string;
  readonly options?: object;
  readonly checks?: StreamDistributionCheckOptions;
};

/** Images around prototypes, fewer and smaller than unless told. */
const prototypes = { tasks: 5, itemsPerTask: 60, testItems: 30, side: 8, count: 1000 };
/** Tasks that are drawn at random may not all be drawn. */
const drawn = { everyTask: false };

const variants: readonly Variant[] = [
  ...['iid', 'piecewise', 'drift', 'periodic'].map((order) => ({ key: 'mean-tracking', options: { order } })),
  { key: 'mean-tracking', options: { order: 'piecewise', segments: 7, length: 50, size: 1, amplitude: 0 } },
  { key: 'switching-sinusoid' },
  { key: 'switching-sinusoid', options: { hazard: 1, noise: 0, told: true } },
  { key: 'switching-sinusoid', options: { hazard: 0 } },
  { key: 'switching-plant', options: { length: 200, period: 50 } },
  { key: 'switching-plant', options: { length: 200, test: 'constant' } },
  { key: 'prototype-stream', options: { ...prototypes, storage: 20 } },
  { key: 'prototype-stream', options: { ...prototypes, protocol: 'rotated', scenario: 'task', passes: 2 } },
  ...['task', 'domain', 'class', 'hidden'].map((scenario) => ({
    key: 'prototype-stream',
    options: { ...prototypes, protocol: 'split', scenario },
  })),
  { key: 'prototype-stream', options: { ...prototypes, order: 'periodic', segment: 2 } },
  { key: 'prototype-stream', options: { ...prototypes, order: 'switching', segment: 2 }, checks: drawn },
  { key: 'prototype-stream', options: { ...prototypes, order: 'shuffled', passes: 2 } },
];

const images = { tasks: 3, itemsPerTask: 60, testItems: 40 };
const rainbow = { tasks: 3, itemsPerTask: 20, testItems: 10, batchSize: 5 };
const brief = { lifetimes: 1, steps: 8 };
const classes = { classes: 6 };
const seen = {
  expectedFailures: { 'no test item arrives in the stream': 'the test sets asked for hold what was learnt' },
};

/** Those that read files, with the folders of these. */
const fromFiles: readonly (Variant & { readonly folder: string })[] = [
  { key: 'mnist-stream', folder: 'mnist', options: images },
  {
    key: 'fashion-mnist-stream',
    folder: 'fashion-mnist',
    options: { ...images, tasks: 5, protocol: 'split', scenario: 'task' },
  },
  {
    key: 'rainbow-mnist',
    folder: 'mnist',
    options: { ...rainbow, relabel: true, noise: 0.1 },
    checks: brief,
  },
  { key: 'rainbow-mnist', folder: 'mnist', options: { ...rainbow, look: 'plain' }, checks: brief },
  { key: 'omniglot-sequence', folder: 'omniglot', options: classes },
  { key: 'omniglot-sequence', folder: 'omniglot', options: { ...classes, order: 'shuffled', storage: 5 } },
  { key: 'omniglot-sequence', folder: 'omniglot', options: { ...classes, testOn: 'seen' }, checks: seen },
  { key: 'omniglot-switching', folder: 'omniglot' },
  { key: 'omniglot-tasks', folder: 'omniglot', options: { tasks: 4 } },
];

const titleOf = ({ key, options = {} }: Variant) => `${key} ${JSON.stringify(options)}`;

/** All checks of a distribution, under one name: it is made once. */
async function check({ key, options, checks }: Variant, files: object = {}): Promise<void> {
  const made = await registry.createDistribution(key, { ...options, ...files });
  for (const { name, run } of streamDistributionChecks(made as StreamDistribution, checks))
    await run().catch((cause) => {
      throw new Error(`${name}: ${(cause as Error).message}`, { cause });
    });
}

describe('streams keep the contract', () => {
  for (const variant of variants) it(titleOf(variant), () => check(variant));
});

const folders = Object.fromEntries(
  ['mnist', 'fashion-mnist', 'omniglot'].map((name) => [name, sharedData(name)]),
);

describe('streams from files keep the contract', () => {
  for (const variant of fromFiles) {
    const data = folders[variant.folder]; // Where there is none, that was said above.
    it.skipIf(data === undefined)(titleOf(variant), () => check(variant, { data }));
  }

  it('and all of them are looked at', () => {
    const streams = registry.distributions.filter(({ descriptor }) => descriptor.kind === 'stream');
    const looked = new Set([...variants, ...fromFiles].map(({ key }) => key));
    expect(streams.map(({ key }) => key).filter((key) => !looked.has(key))).toEqual([]);
  });
});
