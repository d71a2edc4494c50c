import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TasklearnError } from '@tasklearn/core';
import { installedManifest, locatePlugin, type PluginPackage, readManifest } from './plugin-package.node.js';

/** The keyword by which an installed package says that it publishes a plugin. */
export const pluginKeyword = 'tasklearn-plugin';

/** Where plugins are looked for besides the project's dependencies. */
export interface FindPluginsOptions {
  /** The project's folder. Default: the working directory. */
  readonly folder?: string;
  /** Named by a flag, relative to `folder`. */
  readonly named?: readonly string[];
  /** Named by a plan, with the folder of the plan file. */
  readonly planned?: { readonly names: readonly string[]; readonly folder: string };
}

/** `tasklearn.config.js` exports `plugins`, a list of package names and paths; `.json` holds `{ "plugins": [...] }`. */
async function configured(folder: string): Promise<readonly string[]> {
  const path = join(folder, 'tasklearn.config.js');
  const json = (await readManifest(join(folder, 'tasklearn.config.json'))) as
    | { plugins?: readonly string[] }
    | undefined;
  if (json !== undefined) return assertNames(json.plugins ?? [], 'tasklearn.config.json');
  try {
    const module = (await import(pathToFileURL(path).href)) as {
      plugins?: readonly string[];
      default?: { plugins?: readonly string[] };
    };
    return assertNames(module.plugins ?? module.default?.plugins ?? [], 'tasklearn.config.js');
  } catch (error) {
    if (
      (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND' &&
      String(error).includes('tasklearn.config.js')
    )
      return [];
    throw error;
  }
}

function assertNames(names: unknown, file: string): readonly string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new TasklearnError(
    'INVALID_PLUGIN',
    `${file}: \`plugins\` must be a list of package names and paths.`,
    { path: 'plugins' },
  );
}

/** Direct dependencies of the project that carry the keyword. */
async function byKeyword(folder: string): Promise<string[]> {
  const own = await readManifest(join(folder, 'package.json'));
  const names = new Set(
    [own?.dependencies, own?.devDependencies, own?.optionalDependencies, own?.peerDependencies].flatMap(
      (part) => Object.keys(part ?? {}),
    ),
  );
  const found: string[] = [];
  for (const name of [...names].sort()) {
    const manifest = await installedManifest(name, folder);
    if (manifest?.keywords?.includes(pluginKeyword)) found.push(name);
  }
  return found;
}

/**
 * Finds the plugins of a project: those named by flag, plan and configuration file, and every direct dependency whose
 * `package.json` has the keyword `tasklearn-plugin`.
 *
 * @returns each module once, in this order.
 * @throws `INVALID_PLUGIN` for one that is named and not installed; `CORRUPT_FILE` for a manifest that is not JSON.
 */
export async function findPlugins(options: FindPluginsOptions = {}): Promise<PluginPackage[]> {
  const { folder = process.cwd(), named = [], planned } = options;
  const wanted = [
    ...named.map((name) => ({ name, from: folder })),
    ...(planned?.names ?? []).map((name) => ({ name, from: planned!.folder })),
    ...(await configured(folder)).map((name) => ({ name, from: folder })),
    ...(await byKeyword(folder)).map((name) => ({ name, from: folder })),
  ];
  const byModule = new Map<string, PluginPackage>();
  for (const { name, from } of wanted) {
    const located = await locatePlugin(name, from);
    if (!byModule.has(located.module)) byModule.set(located.module, located);
  }
  return [...byModule.values()];
}
