import {
  createRegistry,
  isJson,
  type LearnerDescriptor,
  type Plugin,
  resolveOptions,
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

function demandPackage(
  plugin: Plugin,
  { name, version }: NonNullable<PluginCheckOptions['packageJson']>,
): void {
  demand(plugin.name === name, `The plugin is named '${plugin.name}' and its package '${name}'.`);
  demand(plugin.version === version, `The plugin has version ${plugin.version} and its package ${version}.`);
}
