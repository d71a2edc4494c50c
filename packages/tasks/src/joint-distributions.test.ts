import { type JointDistributionCheckOptions, jointDistributionChecks } from '@tasklearn/conformance';
import { createRegistry, type JointDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sharedData } from './__fixtures__/shared-data.js';
import { tasksPlugin } from './plugin.node.js';

const registry = createRegistry([tasksPlugin]);
const created = (key: string, options: object) =>
  registry.createDistribution(key, options) as Promise<JointDistribution>;

/** Options other than the defaults, and what is expected of them. */
type Variant = {
  readonly key: string;
  readonly options?: object;
  readonly checks?: JointDistributionCheckOptions;
};

const variants: readonly Variant[] = [
  { key: 'linear-suite' },
  {
    key: 'linear-suite',
    options: { groups: 2, scales: [1, 2, 3, 4, 5, 6, 7, 8], missing: 0.5, longTail: 1 },
  },
  { key: 'linear-suite', options: { classifications: 3, sharedInputs: true } },
  { key: 'linear-suite', options: { labels: 'random', link: 'tanh', missing: 0.9, trainItems: 2 } },
  { key: 'linear-suite', options: { exact: true, relatedness: 1 } },
  { key: 'correlated-regression', options: { trainItems: 500 } },
  { key: 'correlated-regression', options: { trainItems: 500, correlation: -1, terms: 0 } },
  { key: 'described-sinusoids' },
  {
    key: 'described-sinusoids',
    options: { firstTask: 64, descriptors: 'oneHot', noise: 0.3, trainItems: 1 },
  },
];

const repeated = {
  expectedFailures: {
    'splits of a task share no item': 'some rows of the table have the same features; they are dealt by row',
  },
};

const small = { trainItems: 300, validationItems: 200, testItems: 200 };
const few = { itemsPerClass: 20, validationItems: 200, testItems: 200 };

/** Those that read files, with the folders of these. */
const fromFiles: readonly (Variant & { readonly folder: string; readonly clothes?: boolean })[] = [
  { key: 'multi-mnist', folder: 'mnist', options: small },
  { key: 'mnist-over-fashion', folder: 'mnist', clothes: true, options: small },
  { key: 'mnist-tasks', folder: 'mnist', options: few },
  {
    key: 'mnist-tasks',
    folder: 'mnist',
    options: { ...few, permutedPixels: 1, permutedLabels: true, shrink: 4 },
  },
  { key: 'mnist-and-fashion', folder: 'mnist', clothes: true, options: few },
  { key: 'adult', folder: 'tabular', checks: repeated },
  { key: 'landmine', folder: 'tabular', checks: repeated },
  { key: 'school', folder: 'tabular', checks: { ...repeated, items: 8 } },
  { key: 'sarcos', folder: 'tabular' },
  { key: 'parkinsons', folder: 'tabular' },
];

const titleOf = ({ key, options = {} }: Variant) => `${key} ${JSON.stringify(options)}`;

/** All checks of a distribution, under one name: it is made once. */
async function check(variant: Variant, own: object = {}): Promise<void> {
  const options = { ...variant.options, ...own };
  const distribution = await created(variant.key, options);
  const reseeded = await created(variant.key, { ...options, seed: 12 });
  for (const { name, run } of jointDistributionChecks(distribution, { reseeded, ...variant.checks }))
    await run().catch((cause) => {
      throw new Error(`${name}: ${(cause as Error).message}`, { cause });
    });
}

describe('fixed sets of tasks keep the contract', () => {
  it.each(variants.map((variant) => [titleOf(variant), variant] as const))('%s', (_title, variant) =>
    check(variant),
  );
});

const folders = Object.fromEntries(
  ['mnist', 'fashion-mnist', 'tabular'].map((name) => [name, sharedData(name)]),
);

/** Where the files of a distribution are; undefined where they are not, which was said above. */
function filesOf({ folder, clothes = false }: (typeof fromFiles)[number]): object | undefined {
  const data = folders[folder];
  const fashionData = folders['fashion-mnist'];
  if (data === undefined || (clothes && fashionData === undefined)) return undefined;
  return clothes ? { data, fashionData } : { data };
}

describe('fixed sets of tasks from files keep the contract', () => {
  for (const variant of fromFiles) {
    const files = filesOf(variant);
    it.skipIf(files === undefined)(titleOf(variant), () => check(variant, files));
  }

  it('and all of them are looked at, but for the larger brother of a table', () => {
    const joint = registry.distributions.filter(({ descriptor }) => descriptor.kind === 'joint');
    const looked = new Set([...variants, ...fromFiles].map(({ key }) => key));
    expect(joint.map(({ key }) => key).filter((key) => !looked.has(key))).toEqual(['census-income']);
  });
});
