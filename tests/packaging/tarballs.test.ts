import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog, type Packed, packAll, run, writeProject } from './packed.js';

let folder: string;
let packed: readonly Packed[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-tarballs-'));
  packed = await packAll(join(folder, 'tarballs'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a user of one package writes into package.json: it, and the peers it demands. */
async function dependenciesOf({ manifest, tarball }: Packed): Promise<Record<string, string>> {
  const { name, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
  const dependencies: Record<string, string> = { [name]: `file:${tarball}` };
  for (const peer of peers) {
    const local = packed.find((each) => each.manifest.name === peer);
    dependencies[peer] = local === undefined ? await catalog(peer) : `file:${local.tarball}`;
  }
  return dependencies;
}

describe('every published package', () => {
  it('has types that resolve as its code does', async () => {
    const problems = await Promise.all(
      packed.map(async ({ manifest, tarball }) => {
        const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
        if (result.types === false) return [`${manifest.name}: no types`];
        // ESM only: what a CommonJS file meets when it requires the package is not ours to fix.
        return result.problems
          .filter(({ kind }) => kind !== 'CJSResolvesToESM')
          .filter((problem) => !('resolutionKind' in problem && problem.resolutionKind === 'node10'))
          .map(({ kind }) => `${manifest.name}: ${kind}`);
      }),
    );
    expect(problems.flat()).toEqual([]);
  });

  it('carries no tests, fixtures or build state', async () => {
    const listings = await Promise.all(packed.map(({ tarball }) => run('tar', ['tzf', tarball], folder)));
    const wrong = listings
      .join('\n')
      .split('\n')
      .filter((path) => /\.test\.|__fixtures__|tsbuildinfo/.test(path));
    expect(wrong).toEqual([]);
  });

  it('is small', async () => {
    const sizes = await Promise.all(packed.map(async ({ tarball }) => (await stat(tarball)).size));
    expect(Math.max(...sizes)).toBeLessThan(5e6);
  });

  it('installs alone, with its peers, and every entry can be imported', { timeout: 600_000 }, async () => {
    const failures: string[] = [];
    for (const each of packed) {
      const { name, exports } = each.manifest;
      const project = join(folder, 'alone', name.replaceAll('/', '-'));
      await writeProject(project, await dependenciesOf(each), packed);
      await run('pnpm', ['install', '--prefer-offline', '--ignore-scripts'], project);
      const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
      const imports = entries.map((entry) => `await import('${join(name, entry)}');`).join('\n');
      await run('node', ['--input-type=module', '--eval', `${imports}\nprocess.exit();`], project).catch(
        (error: Error) => failures.push(`${name}: ${error.message}`),
      );
    }
    expect(failures).toEqual([]);
  });
});

describe('a plugin of a third party', () => {
  const wanted = [
    'tasklearn-plugin-template',
    '@tasklearn/core',
    '@tasklearn/tasks',
    '@tasklearn/evaluation',
  ];
  let project: string;

  beforeAll(async () => {
    project = join(folder, 'third-party');
    const own = packed.filter(({ manifest }) => wanted.includes(manifest.name));
    const dependencies = Object.fromEntries(
      own.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
    );
    expect(own).toHaveLength(wanted.length);
    await writeProject(
      project,
      { ...dependencies, '@tensorflow/tfjs': await catalog('@tensorflow/tfjs') },
      packed,
    );
    await run('pnpm', ['install', '--prefer-offline', '--ignore-scripts'], project);
  }, 300_000);

  const tasklearn = (...args: readonly string[]) =>
    run(join(project, 'node_modules/.bin/tasklearn'), args, project);

  it('is found by its keyword', async () => {
    expect(await tasklearn('list')).toContain('tasklearn-plugin-template/ridge-head');
  });

  it('learns, run by the command line', { timeout: 120_000 }, async () => {
    const what = ['--learner', 'ridge-head', '--distribution', '@tasklearn/tasks/gaussian-episodes'];
    const budget = ['--updates', '60', '--tasks-per-update', '8', '--episodes', '100'];
    const arms = ['--learner', 'ridge-head', ...what.slice(2), '--updates', '0', '--episodes', '100'];
    const accuracy = async (output: string, options: readonly string[]) => {
      await tasklearn('compare', ...options, '--output', output);
      const lines = (await readFile(join(project, output, 'rows.jsonl'), 'utf8')).trim().split('\n');
      const rows = lines.map(
        (line) => JSON.parse(line) as { split: string; metric: string; task: string; value: number },
      );
      const values = rows
        .filter(
          ({ split, metric, task }) =>
            split === 'test' && metric === 'accuracy' && task.startsWith('episode'),
        )
        .map(({ value }) => value);
      expect(values).toHaveLength(100);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    const trained = await accuracy('trained', [...what, ...budget]);
    expect(trained).toBeGreaterThan((await accuracy('untrained', arms)) + 0.05);
  });
});
