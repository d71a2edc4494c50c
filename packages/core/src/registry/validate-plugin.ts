import { TasklearnError } from '../errors.js';
import { isJson } from '../options/resolve-options.js';
import type { DistributionDescriptor, LearnerDescriptor, Plugin } from './plugin.js';

const KINDS = ['episodic', 'joint', 'control', 'stream'];
const KEY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/**
 * Checks that a value is a plugin of a specification version this core knows.
 *
 * @throws `INVALID_PLUGIN` for the first thing that is wrong, with its path in `details.path`.
 */
export function validatePlugin(plugin: Plugin): void {
  const name = String((plugin as Partial<Plugin> | undefined)?.name);
  const demand = (holds: boolean, path: string, rule: string, received: unknown) => {
    if (holds) return;
    const message = `Plugin '${name}': \`${path}\` must be ${rule}, got ${JSON.stringify(received) ?? typeof received}.`;
    throw new TasklearnError('INVALID_PLUGIN', message, { plugin: name, path, expected: rule, received });
  };
  demand(typeof plugin === 'object' && plugin !== null, 'plugin', 'an object', plugin);
  demand(
    plugin.specificationVersion === 'v1',
    'specificationVersion',
    "'v1', the only version this core knows (is the plugin newer than @tasklearn/core?)",
    plugin.specificationVersion,
  );
  demand(PACKAGE_NAME.test(name), 'name', 'a package name', plugin.name);
  demand(SEMANTIC_VERSION.test(String(plugin.version)), 'version', 'a semantic version', plugin.version);
  for (const [key, learner] of Object.entries(plugin.learners ?? {})) {
    const path = `learners.${key}`;
    validateDescriptor(path, key, learner, demand);
    demand(
      isReference(learner.reference),
      `${path}.reference`,
      'a reference with title, authors, year and url',
      learner.reference,
    );
    demand(isObject(learner.capabilities), `${path}.capabilities`, 'an object', learner.capabilities);
  }
  for (const [key, distribution] of Object.entries(plugin.distributions ?? {})) {
    validateDescriptor(`distributions.${key}`, key, distribution, demand);
  }
}

function validateDescriptor(
  path: string,
  key: string,
  descriptor: LearnerDescriptor | DistributionDescriptor,
  demand: (holds: boolean, path: string, rule: string, received: unknown) => void,
): void {
  demand(KEY.test(key), path, 'named in lower case with hyphens', key);
  demand(isObject(descriptor), path, 'an object', descriptor);
  demand(KINDS.includes(descriptor.kind), `${path}.kind`, `one of ${KINDS.join(', ')}`, descriptor.kind);
  const { summary, defaults } = descriptor;
  demand(
    typeof summary === 'string' && summary.trim() !== '',
    `${path}.summary`,
    'one line of text',
    summary,
  );
  demand(isObject(defaults) && isJson(defaults), `${path}.defaults`, 'an object of JSON values', defaults);
  demand(typeof descriptor.create === 'function', `${path}.create`, 'a function', descriptor.create);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReference(value: Partial<LearnerDescriptor['reference']> | undefined): boolean {
  return (
    typeof value?.title === 'string' &&
    typeof value.authors === 'string' &&
    Number.isInteger(value.year) &&
    typeof value.url === 'string'
  );
}
