import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TasklearnError } from '@tasklearn/core';
import { createJiti } from 'jiti';
import { readJson } from '../read-json.node.js';

/** A package that publishes a plugin. */
export interface PluginPackage {
  /** Package name, or the path as it was given. */
  readonly name: string;
  /** Address to import it from. */
  readonly module: string;
}

interface Manifest {
  readonly name?: string;
  readonly keywords?: readonly string[];
  /** `{ "plugin": "./node" }`: which entry point exports the plugin in Node. */
  readonly tasklearn?: { readonly plugin?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Reads a package.json; undefined where there is none. @throws `CORRUPT_FILE` where it is not JSON. */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  return (await readJson(path)) as Manifest | undefined;
}

/** Folders in which Node looks for packages, from a folder upwards. */
function packageFolders(from: string): string[] {
  const folders: string[] = [];
  for (let folder = from; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules'));
    if (dirname(folder) === folder) return folders;
  }
}

/** The manifest of an installed package, as a file in `from` would find it. */
export async function installedManifest(name: string, from: string): Promise<Manifest | undefined> {
  for (const folder of packageFolders(from)) {
    const manifest = await readManifest(join(folder, name, 'package.json'));
    if (manifest !== undefined) return manifest;
  }
  return undefined;
}

/** Resolves as `require` does, with the process's own conditions, and as `import` does where a package has nothing else. */
function moduleAddress(specifier: string, from: string): string {
  const base = join(from, 'package.json');
  try {
    return pathToFileURL(createRequire(base).resolve(specifier)).href;
  } catch {
    return createJiti(pathToFileURL(base).href).esmResolve(specifier);
  }
}

/**
 * Finds the module of a plugin named in a plan, a configuration or a flag.
 *
 * @param specifier - a package name (its `package.json` may name the entry point: `"tasklearn": { "plugin": "./node" }`),
 * or a path that starts with `.` or `/`.
 * @param from - folder it is relative to.
 * @throws `INVALID_PLUGIN` where it is not installed.
 */
export async function locatePlugin(specifier: string, from: string): Promise<PluginPackage> {
  if (/^\.{0,2}\//.test(specifier))
    return { name: specifier, module: pathToFileURL(resolve(from, specifier)).href };
  const manifest = await installedManifest(specifier, from);
  if (manifest === undefined) {
    throw new TasklearnError(
      'INVALID_PLUGIN',
      `The plugin '${specifier}' is not installed here. Run \`npm install ${specifier}\`.`,
      {
        plugin: specifier,
        path: from,
      },
    );
  }
  const entry = join(specifier, manifest.tasklearn?.plugin ?? '.').replaceAll('\\', '/');
  return { name: specifier, module: moduleAddress(entry, from) };
}
