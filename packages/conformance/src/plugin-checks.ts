import {
  createRegistry,
  type DistributionDescriptor,
  isJson,
  type LearnerDescriptor,
  type Plugin,
  resolveOptions,
  TasklearnError,
  validatePlugin,
} from '@tasklearn/core';
import { type Check, demand, type ExpectedFailures, withExpectedFailures } from './check.js';

/** What {@link pluginChecks} may be told. */
export interface PluginCheckOptions {
  /** The plugin's package.json, to compare name and version with. */
  readonly packageJson?: { readonly name?: string; readonly version?: string };
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of a plugin as a whole: what a registry, a listing and a reader need of it.
 *
 * @example
 * ```ts
 * import { definePlugin } from '@tasklearn/core';
 * import { pluginChecks } from '@tasklearn/conformance';
 *
 * const plugin = definePlugin({ specificationVersion: 'v1', name: '@acme/empty', version: '0.1.0' });
 * for (const check of pluginChecks(plugin)) await check.run();
 * pluginChecks(plugin).map((check) => check.name).includes('fits the specification'); // => true
 * ```
 */
export function pluginChecks(plugin: Plugin, options: PluginCheckOptions = {}): readonly Check[] {
  const { packageJson } = options;
  const learners = Object.entries(plugin.learners ?? {});
  const checks: Check[] = [
    { name: 'fits the specification', run: async () => validatePlugin(plugin) },
    { name: 'is found in a registry', run: async () => demandRegistered(plugin) },
    {
      name: 'defaults are JSON and nobody else changes them',
      run: async () => {
        for (const [key, { defaults }] of [...learners, ...Object.entries(plugin.distributions ?? {})]) {
          demand(isJson(defaults), `The defaults of '${key}' must be JSON.`, { key });
          demand(
            JSON.stringify(resolveOptions(key, defaults)) === JSON.stringify(defaults),
            `'${key}' lost defaults.`,
          );
        }
      },
    },
    {
      name: 'learners are of the kind they declare',
      run: async () => {
        for (const [key, descriptor] of learners) demandKind(key, descriptor);
      },
    },
    {
      name: 'learners declare all capabilities of their kind',
      run: async () => {
        for (const [key, descriptor] of learners) demandCapabilities(key, descriptor);
      },
    },
    {
      name: 'distributions are of the kind they declare',
      run: async () => {
        for (const [key, descriptor] of Object.entries(plugin.distributions ?? {}))
          await demandDistributionKind(key, descriptor);
      },
    },
    {
      name: 'references can be followed',
      run: async () => {
        for (const [key, { reference }] of learners) {
          const { url, year } = reference;
          demand(URL.canParse(url), `The reference of '${key}' must have a URL, got '${url}'.`, { key, url });
          demand(year > 1900 && year < 2200, `The reference of '${key}' must have a year, got ${year}.`, {
            key,
            year,
          });
        }
      },
    },
  ];
  if (packageJson !== undefined) {
    checks.push({
      name: 'name and version are those of package.json',
      run: async () => demandPackage(plugin, packageJson),
    });
  }
  return withExpectedFailures(checks, options.expectedFailures);
}

function demandRegistered(plugin: Plugin): void {
  const before = JSON.stringify(plugin);
  const registry = createRegistry([plugin]);
  for (const key of Object.keys(plugin.learners ?? {})) registry.learner(key);
  for (const key of Object.keys(plugin.distributions ?? {})) registry.distribution(key);
  demand(JSON.stringify(plugin) === before, 'Registering changed the plugin.');
}

function demandKind(key: string, descriptor: LearnerDescriptor): void {
  const { kind } = descriptor.create(resolveOptions(key, descriptor.defaults));
  demand(kind === descriptor.kind, `'${key}' declares kind '${descriptor.kind}' and creates '${kind}'.`, {
    key,
  });
}

/** What may be declared, by kind of learner; `true` stands for yes or no. */
const CAPABILITIES = {
  predictive: {
    targets: [['classification', 'regression']],
    gradientOrder: [0, 1, 2],
    deterministic: true,
    permutationInvariant: true,
    variableShots: true,
    variableWays: true,
    transductive: true,
    consistent: ['no', 'conditionally', 'yes'],
    uncertainty: ['none', 'output', 'function'],
  },
  supervised: {
    targets: [['classification', 'regression']],
    gradientOrder: [0, 1, 2],
    deterministic: true,
    uncertainty: ['none', 'output', 'function'],
  },
  control: {
    actions: [['discrete', 'continuous']],
    gradientOrder: [0, 1, 2],
    deterministic: true,
    adapts: ['none', 'memory', 'belief', 'gradient', 'model'],
    offPolicy: true,
    needs: [['goals', 'rewardFunction', 'recordableReward', 'taskIdentity', 'finiteStates']],
    consistent: ['no', 'conditionally', 'yes'],
  },
} as const;

/** Which of them a kind of learner declares. */
const CAPABILITIES_OF = {
  episodic: CAPABILITIES.predictive,
  joint: CAPABILITIES.supervised,
  stream: CAPABILITIES.supervised,
  control: CAPABILITIES.control,
} as const;

function demandCapabilities(key: string, { kind, capabilities }: LearnerDescriptor): void {
  const declared = capabilities as unknown as Readonly<Record<string, unknown>>;
  for (const [name, allowed] of Object.entries(CAPABILITIES_OF[kind])) {
    const value = declared[name];
    const known: readonly unknown[] = allowed === true ? [true, false] : allowed;
    const several = Array.isArray(known[0]) ? (known[0] as readonly unknown[]) : undefined;
    const holds =
      several === undefined
        ? known.includes(value)
        : Array.isArray(value) && value.every((each) => several.includes(each));
    demand(
      holds,
      `'${key}' must declare \`${name}\` as ${several === undefined ? 'one' : 'some'} of ${(several ?? known).join(', ')}, got ${value}.`,
      { key, capability: name, received: value },
    );
  }
}

/** A distribution whose data are not there cannot be asked. */
async function demandDistributionKind(key: string, descriptor: DistributionDescriptor): Promise<void> {
  try {
    const { kind } = await descriptor.create(resolveOptions(key, descriptor.defaults));
    demand(kind === descriptor.kind, `'${key}' declares kind '${descriptor.kind}' and creates '${kind}'.`, {
      key,
    });
  } catch (error) {
    if (!TasklearnError.is(error, 'MISSING_DATA')) throw error;
  }
}

function demandPackage(
  plugin: Plugin,
  { name, version }: NonNullable<PluginCheckOptions['packageJson']>,
): void {
  demand(plugin.name === name, `The plugin is named '${plugin.name}' and its package '${name}'.`);
  demand(plugin.version === version, `The plugin has version ${plugin.version} and its package ${version}.`);
}
