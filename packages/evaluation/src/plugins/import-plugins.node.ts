import { type Plugin, TasklearnError } from '@tasklearn/core';

/** A value that says it is a plugin; the registry checks the rest. */
function looksLikePlugin(value: unknown): value is Plugin {
  const candidate = value as Partial<Plugin> | null;
  return (
    typeof value === 'object' &&
    typeof candidate?.specificationVersion === 'string' &&
    typeof candidate.name === 'string' &&
    typeof candidate.version === 'string'
  );
}

/** Plugins that a module exports: `plugin`, or every export that is one. */
function pluginsOf(module: Readonly<Record<string, unknown>>, address: string): Plugin[] {
  const found = 'plugin' in module ? [module.plugin] : Object.values(module);
  const plugins = found.filter(looksLikePlugin);
  if (plugins.length > 0) return plugins;
  throw new TasklearnError(
    'INVALID_PLUGIN',
    `${address} exports no plugin. A plugin package exports an object with specificationVersion, name and version, e.g. as \`plugin\`.`,
    { plugin: address, path: 'plugin' },
  );
}

/**
 * Imports plugins.
 *
 * @param modules - addresses (`file:` URLs or anything `import` takes).
 * @returns all plugins they export, each name once.
 * @throws `INVALID_PLUGIN` for a module that cannot be imported or exports no plugin.
 */
export async function importPlugins(modules: readonly string[]): Promise<Plugin[]> {
  const byName = new Map<string, Plugin>();
  for (const address of modules) {
    let module: Readonly<Record<string, unknown>>;
    try {
      module = (await import(address)) as Readonly<Record<string, unknown>>;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TasklearnError(
        'INVALID_PLUGIN',
        `The plugin module ${address} cannot be imported: ${reason}`,
        {
          plugin: address,
          cause,
        },
      );
    }
    for (const plugin of pluginsOf(module, address))
      byName.set(plugin.name, byName.get(plugin.name) ?? plugin);
  }
  return [...byName.values()];
}
