import { readFileSync } from 'node:fs';
import { defineDistribution, defineLearner, type Plugin, TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { controlPlugin, greedyDescriptor } from './__fixtures__/toy-control.js';
import { linear, linearMaml, toyPlugin } from './__fixtures__/toy-plugin.js';
import { trivialControlDistribution } from './control/trivial-control-distribution.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';
import { type PluginCheckOptions, pluginChecks } from './plugin-checks.js';
import { VERSION } from './version.js';

const packageJson = { name: '@acme/toys', version: '1.0.0' };
const easy = defineDistribution({
  kind: 'episodic',
  summary: 'Easy tasks.',
  defaults: { ways: 2 },
  create: ({ ways }) =>
    trivialDistribution({
      input: { shape: [2], dtype: 'float32' },
      target: { kind: 'classification', classes: ways },
      loss: 'crossEntropy',
      supportSize: ways,
      querySize: ways,
    }),
});
const good: Plugin = { ...toyPlugin, distributions: { easy } };

async function run(plugin: Plugin, name: string, options: PluginCheckOptions = {}): Promise<void> {
  const check = pluginChecks(plugin, options).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const changed = (change: Partial<typeof linear>): Plugin => ({
  ...good,
  learners: { linear: defineLearner({ ...linear, ...change }) },
});

const mistakes: readonly (readonly [check: string, mistake: string, plugin: Plugin, code: string])[] = [
  ['fits the specification', 'has no semantic version', { ...good, version: 'latest' }, 'INVALID_PLUGIN'],
  ['is found in a registry', 'has no package name', { ...good, name: 'Toys!' }, 'INVALID_PLUGIN'],
  [
    'defaults are JSON and nobody else changes them',
    'has a default of NaN',
    changed({ defaults: { ...linear.defaults, innerLearningRate: Number.NaN } }),
    '@tasklearn/conformance:FAILED',
  ],
  [
    'learners are of the kind they declare',
    'creates another kind',
    changed({ create: (options) => ({ ...linearMaml(options), kind: 'stream' }) as never }),
    '@tasklearn/conformance:FAILED',
  ],
  [
    'learners declare all capabilities of their kind',
    'leaves one out',
    changed({ capabilities: { ...linear.capabilities, consistent: undefined as never } }),
    '@tasklearn/conformance:FAILED',
  ],
  [
    'learners declare all capabilities of their kind',
    'has capabilities of another kind',
    { ...good, learners: { greedy: { ...greedyDescriptor, capabilities: linear.capabilities } as never } },
    '@tasklearn/conformance:FAILED',
  ],
  [
    'distributions are of the kind they declare',
    'creates another kind',
    { ...good, distributions: { easy: { ...easy, kind: 'control' } as never } },
    '@tasklearn/conformance:FAILED',
  ],
  [
    'references can be followed',
    'has no address',
    changed({ reference: { ...linear.reference, url: 'arXiv 1703' } }),
    '@tasklearn/conformance:FAILED',
  ],
  [
    'references can be followed',
    'is of year 17',
    changed({ reference: { ...linear.reference, year: 17 } }),
    '@tasklearn/conformance:FAILED',
  ],
  [
    'name and version are those of package.json',
    'has the version before',
    { ...good, version: '0.9.0' },
    '@tasklearn/conformance:FAILED',
  ],
  [
    'name and version are those of package.json',
    'has another name',
    { ...good, name: 'toys' },
    '@tasklearn/conformance:FAILED',
  ],
];

describe('pluginChecks', () => {
  for (const check of pluginChecks(good, { packageJson })) it(check.name, () => check.run());

  describe('of control learners and tasks', () => {
    const distributions = {
      line: defineDistribution({
        kind: 'control',
        summary: 'Walk along a line.',
        defaults: {},
        create: () => trivialControlDistribution(),
      }),
      absent: defineDistribution({
        kind: 'episodic',
        summary: 'Data that are not there.',
        defaults: {},
        create: () => {
          throw new TasklearnError('MISSING_DATA', 'absent: no data.');
        },
      }),
    };
    for (const check of pluginChecks({ ...controlPlugin, distributions })) it(check.name, check.run);
  });

  it('takes a plugin with nothing in it', async () => {
    for (const check of pluginChecks({ specificationVersion: 'v1', name: 'empty', version: '0.0.1' }))
      await check.run();
  });

  it('compares with package.json only where it is given', () => {
    expect(pluginChecks(good).map(({ name }) => name)).not.toContain(
      'name and version are those of package.json',
    );
  });

  it('notices a plugin that a registry changes', async () => {
    let reads = 0;
    const shifty = {
      ...good,
      get learners() {
        return reads++ > 1 ? {} : good.learners;
      },
    } as Plugin;
    await expect(run(shifty, 'is found in a registry')).rejects.toMatchObject({ code: expect.anything() });
  });

  it.each(mistakes)('%s: one that %s', async (name, _mistake, plugin, code) => {
    await run(good, name, { packageJson });
    await expect(run(plugin, name, { packageJson })).rejects.toMatchObject({ code });
    await run(plugin, name, { packageJson, expectedFailures: { [name]: 'on purpose' } });
  });
});

it('VERSION is the version in package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});
