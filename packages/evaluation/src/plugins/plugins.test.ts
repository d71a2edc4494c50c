import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPlugins } from './find-plugins.node.js';
import { importPlugins } from './import-plugins.node.js';

const plugin = (name: string) => `{ specificationVersion: 'v1', name: '${name}', version: '1.0.0' }`;

let folder: string;
async function put(path: string, content: string | object): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}
async function install(name: string, manifest: object, files: Record<string, string>): Promise<void> {
  await put(`node_modules/${name}/package.json`, { name, version: '1.0.0', type: 'module', ...manifest });
  for (const [path, text] of Object.entries(files)) await put(`node_modules/${name}/${path}`, text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'project-'));
  await put('package.json', {
    dependencies: { '@acme/main': '1', 'no-plugin': '1' },
    devDependencies: { 'import-only': '1', absent: '1' },
  });
  await install(
    '@acme/main',
    {
      keywords: ['tasklearn-plugin'],
      tasklearn: { plugin: './node' },
      exports: { '.': './browser.js', './node': { types: './x.d.ts', default: './node.js' } },
    },
    {
      'browser.js': `export const plugin = ${plugin('@acme/browser')};`,
      'node.js': `export const helper = 1; export const mainPlugin = ${plugin('@acme/main')};`,
    },
  );
  await install('no-plugin', { main: 'index.js' }, { 'index.js': 'export const x = 1;' });
  await install(
    'import-only',
    { keywords: ['tasklearn-plugin'], exports: { import: './index.js' } },
    {
      'index.js': `export const plugin = ${plugin('import-only')}; export const other = ${plugin('unseen')};`,
    },
  );
  await install(
    'by-flag',
    { main: 'index.js' },
    { 'index.js': `export const plugin = ${plugin('by-flag')};` },
  );
  await install(
    'configured',
    { main: 'index.js' },
    { 'index.js': `export const plugin = ${plugin('configured')};` },
  );
  await put('tasklearn.config.json', { plugins: ['configured', '@acme/main'] });
  await put('local.mjs', `export const plugin = ${plugin('local')};`);
});

describe('plugins of a project', () => {
  it('are those of flags, plan, configuration and keyword, each once', async () => {
    const found = await findPlugins({
      folder,
      named: ['by-flag'],
      planned: { names: ['./local.mjs'], folder },
    });
    expect(found.map(({ name }) => name)).toEqual([
      'by-flag',
      './local.mjs',
      'configured',
      '@acme/main',
      'import-only',
    ]);
    const plugins = await importPlugins(found.map(({ module }) => module));
    expect(plugins.map(({ name }) => name)).toEqual([
      'by-flag',
      'local',
      'configured',
      '@acme/main',
      'import-only',
    ]);
  });

  it('are none in an empty folder', async () => {
    expect(await findPlugins({ folder: await mkdtemp(join(tmpdir(), 'empty-')) })).toEqual([]);
  });

  it('are refused with a reason', async () => {
    const refused = { code: 'INVALID_PLUGIN' };
    await expect(findPlugins({ folder, named: ['not-installed'] })).rejects.toMatchObject(refused);
    const [noPlugin] = await findPlugins({ folder, named: ['no-plugin'] });
    await expect(importPlugins([noPlugin!.module])).rejects.toMatchObject(refused);
    await expect(importPlugins(['file:///no/such/module.js'])).rejects.toMatchObject(refused);
  });

  it('may be configured by a module, and not by nonsense', async () => {
    const other = await mkdtemp(join(tmpdir(), 'configured-'));
    await writeFile(join(other, 'tasklearn.config.js'), "export const plugins = ['./p.mjs'];");
    expect((await findPlugins({ folder: other })).map(({ name }) => name)).toEqual(['./p.mjs']);
    const wrong = await mkdtemp(join(tmpdir(), 'configured-'));
    await writeFile(join(wrong, 'tasklearn.config.json'), '{ "plugins": "x" }');
    await expect(findPlugins({ folder: wrong })).rejects.toMatchObject({ code: 'INVALID_PLUGIN' });
  });
});
