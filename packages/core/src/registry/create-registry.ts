import { type CoreErrorCode, TasklearnError } from '../errors.js';
import { didYouMean } from '../options/did-you-mean.js';
import { resolveOptions } from '../options/resolve-options.js';
import type {
  DistributionDescriptor,
  Learner,
  LearnerDescriptor,
  Plugin,
  TaskDistribution,
} from './plugin.js';
import { validatePlugin } from './validate-plugin.js';

/** Something a plugin publishes, under its full id. */
export interface RegistryEntry<Descriptor> {
  /** `<package>/<key>`, e.g. `@tasklearn/maml/maml`. */
  readonly id: string;
  /** Its name within the plugin, e.g. `maml`. */
  readonly key: string;
  readonly plugin: Plugin;
  readonly descriptor: Descriptor;
}

/**
 * What a set of plugins offers. Frozen: nothing can be added later, and two registries can live in one process.
 *
 * An id may be shortened to any ending after a '/', as long as only one entry ends so: `maml` for
 * `@tasklearn/maml/maml`.
 */
export interface Registry {
  readonly plugins: readonly Plugin[];
  /** Sorted by id. */
  readonly learners: readonly RegistryEntry<LearnerDescriptor>[];
  /** Sorted by id. */
  readonly distributions: readonly RegistryEntry<DistributionDescriptor>[];
  /**
   * @param kind - which of several learners a shortened id means: the one of this kind, where only one is.
   * @throws `NO_SUCH_LEARNER` with the id that was probably meant.
   */
  learner(id: string, kind?: Learner['kind']): RegistryEntry<LearnerDescriptor>;
  /** @throws `NO_SUCH_DISTRIBUTION` with the id that was probably meant. */
  distribution(id: string): RegistryEntry<DistributionDescriptor>;
  /**
   * A learner with the given options over its defaults.
   *
   * @throws `NO_SUCH_LEARNER`; `INVALID_OPTION` for an unknown key, a wrong JSON type or a value out of range.
   */
  createLearner(id: string, options?: object): Learner;
  /**
   * A task distribution with the given options over its defaults; may load data.
   *
   * @throws `NO_SUCH_DISTRIBUTION`, `INVALID_OPTION`, `MISSING_DATA`.
   */
  createDistribution(id: string, options?: object): Promise<TaskDistribution>;
}

/**
 * Validates plugins and makes what they publish available by id.
 *
 * @throws `INVALID_PLUGIN` if a plugin breaks the specification or two have the same name.
 *
 * @example
 * ```ts
 * import { createRegistry } from '@tasklearn/core';
 *
 * const registry = createRegistry([]);
 * registry.learners.length; // => 0
 * ```
 */
export function createRegistry(plugins: readonly Plugin[]): Registry {
  const names = new Set<string>();
  for (const plugin of plugins) {
    validatePlugin(plugin);
    if (names.has(plugin.name)) throw registeredTwice(plugin.name);
    names.add(plugin.name);
  }
  const learners = entriesOf(plugins, (plugin) => plugin.learners);
  const distributions = entriesOf(plugins, (plugin) => plugin.distributions);
  const learner = (id: string, kind?: Learner['kind']) =>
    find('NO_SUCH_LEARNER', 'learner', learners, id, kind);
  const distribution = (id: string) => find('NO_SUCH_DISTRIBUTION', 'task distribution', distributions, id);
  return Object.freeze({
    plugins: Object.freeze([...plugins]),
    learners,
    distributions,
    learner,
    distribution,
    createLearner(id: string, options?: object): Learner {
      const { id: fullId, descriptor } = learner(id);
      return descriptor.create(resolveOptions(fullId, descriptor.defaults, options));
    },
    async createDistribution(id: string, options?: object): Promise<TaskDistribution> {
      const { id: fullId, descriptor } = distribution(id);
      return descriptor.create(resolveOptions(fullId, descriptor.defaults, options));
    },
  });
}

function entriesOf<Descriptor>(
  plugins: readonly Plugin[],
  published: (plugin: Plugin) => Readonly<Record<string, Descriptor>> | undefined,
): readonly RegistryEntry<Descriptor>[] {
  const entries = plugins.flatMap((plugin) =>
    Object.entries(published(plugin) ?? {}).map(([key, descriptor]) =>
      Object.freeze({ id: `${plugin.name}/${key}`, key, plugin, descriptor }),
    ),
  );
  return Object.freeze(entries.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

function find<Descriptor extends { readonly kind: string }>(
  code: CoreErrorCode,
  noun: string,
  entries: readonly RegistryEntry<Descriptor>[],
  id: string,
  kind?: string,
): RegistryEntry<Descriptor> {
  const exact = entries.find((entry) => entry.id === id);
  if (exact !== undefined) return exact;
  const endings = entries.filter((entry) => entry.id.endsWith(`/${id}`));
  if (endings.length === 1) return endings[0] as RegistryEntry<Descriptor>;
  const ofKind = endings.filter(({ descriptor }) => descriptor.kind === kind);
  if (ofKind.length === 1) return ofKind[0] as RegistryEntry<Descriptor>;
  const registered = entries.map((entry) => entry.id);
  if (endings.length > 1) {
    const matches = endings.map((entry) => entry.id);
    const message = `The ${noun} id '${id}' is ambiguous: ${matches.join(', ')}. Write the full id.`;
    throw new TasklearnError(code, message, { id, matches, registered });
  }
  throw noSuch(code, noun, id, registered, entries);
}

function noSuch(
  code: CoreErrorCode,
  noun: string,
  id: string,
  registered: readonly string[],
  entries: readonly RegistryEntry<unknown>[],
): TasklearnError {
  const meantKey = didYouMean(
    id,
    entries.map((entry) => entry.key),
  );
  const suggestion = didYouMean(id, registered) ?? entries.find((entry) => entry.key === meantKey)?.id;
  const hint = suggestion === undefined ? '' : ` Did you mean '${suggestion}'?`;
  const list = registered.length === 0 ? 'none' : registered.join(', ');
  return new TasklearnError(code, `No ${noun} '${id}'.${hint} Registered: ${list}.`, {
    id,
    registered,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function registeredTwice(name: string): TasklearnError {
  const message = `createRegistry: the plugin '${name}' was given twice. Keep one; its name is the namespace of its ids.`;
  return new TasklearnError('INVALID_PLUGIN', message, { plugin: name, path: 'name' });
}
