import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const execute = promisify(execFile);

/** What the tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A published package as its users get it. */
export interface Packed {
  readonly manifest: Manifest;
  /** The file that would be uploaded. */
  readonly tarball: string;
}

/** Runs a program, quietly; its output is in the error if it fails. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  // Without this, npm and pnpm of the test run would hand their own configuration on to the empty project.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^pnpm_|^vitest|^node_env$/i.test(name),
  );
  const { stdout } = await execute(command, [...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), CI: 'true' },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

/** Packs everything that is published, into `folder`. */
export async function packAll(folder: string): Promise<readonly Packed[]> {
  await mkdir(folder, { recursive: true });
  const sources: string[] = [];
  for (const parent of ['packages', 'plugins']) {
    for (const entry of await readdir(join(root, parent), { withFileTypes: true }))
      if (entry.isDirectory()) sources.push(join(root, parent, entry.name));
  }
  return Promise.all(
    sources.map(async (source) => {
      const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest;
      const output = await run('pnpm', ['pack', '--json', '--pack-destination', folder], source);
      return { manifest, tarball: (JSON.parse(output) as { readonly filename: string }).filename };
    }),
  );
}

/** An empty project whose every `@tasklearn/*` comes from a tarball, however deep. */
export async function writeProject(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  packed: readonly Packed[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const overrides = packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`] as const);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty-project', private: true, type: 'module', dependencies }),
  );
  await writeFile(
    join(folder, 'pnpm-workspace.yaml'),
    `ignoreScripts: true\nautoInstallPeers: false\nstrictPeerDependencies: false\noverrides:\n${overrides
      .map(([name, file]) => `  '${name}': '${file}'\n`)
      .join('')}`,
  );
}

/** The version range of TensorFlow.js, and the engine's, that this repository is tested with. */
export async function catalog(name: string): Promise<string> {
  const workspace = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const version = new RegExp(`['"]?${name}['"]?: (.+)`).exec(workspace)?.[1];
  if (version === undefined) throw new Error(`No '${name}' in the catalog of pnpm-workspace.yaml.`);
  return version.trim();
}
