import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const names = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly sideEffects: boolean;
  readonly license: string;
  readonly exports: Readonly<Record<string, Record<string, string> | string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

const manifest = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;

/** Packages that only evaluation may require: large, or with a native part. */
const heavy = ['onnxruntime-node', 'onnxruntime-web', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

describe.each(names)('packages/%s', (name) => {
  const own = manifest(name);

  it('has what every package has', () => {
    for (const file of ['README.md', 'tsconfig.json', 'src/index.ts', 'src/version.ts'])
      expect(existsSync(join(root, 'packages', name, file)), `${name}/${file}`).toBe(true);
  });

  it('is ESM without side effects under its own name and licence', () => {
    expect(own.name).toBe(`@tasklearn/${name}`);
    expect(own.type).toBe('module');
    expect(own.sideEffects).toBe(false);
    expect(own.license).toBe('MIT');
  });

  it('states the version that it exports', async () => {
    const { VERSION } = (await import(join(root, 'packages', name, 'src/version.ts'))) as { VERSION: string };
    expect(VERSION).toBe(own.version);
  });

  it('exports its entry points and package.json only', () => {
    expect(
      Object.keys(own.exports).filter((key) => !['.', './node', './package.json'].includes(key)),
    ).toEqual([]);
    for (const [key, target] of Object.entries(own.exports)) {
      if (typeof target === 'string') continue;
      expect(Object.keys(target), `${name} ${key}`).toEqual(['@tasklearn/source', 'types', 'default']);
      expect(existsSync(join(root, 'packages', name, target['@tasklearn/source'] as string))).toBe(true);
    }
  });

  it('requires no large or native package unless it is the runner', () => {
    if (name === 'evaluation') return;
    for (const dependency of heavy) {
      expect(own.dependencies?.[dependency]).toBeUndefined();
      if (own.peerDependencies?.[dependency] !== undefined)
        expect(own.peerDependenciesMeta?.[dependency]?.optional).toBe(true);
    }
  });

  it('takes core and TensorFlow.js as peers, so that one instance is shared', () => {
    if (name === 'core' || name === 'evaluation') return;
    expect(own.peerDependencies?.['@tasklearn/core']).toBeDefined();
    expect(own.peerDependencies?.['@tensorflow/tfjs']).toBeDefined();
  });
});

describe('top level', () => {
  it('is the agreed one', () => {
    const agreed = [
      'docs',
      'examples',
      'packages',
      'plugins',
      'tests',
      'package.json',
      'pnpm-workspace.yaml',
      'turbo.json',
      'tsconfig.base.json',
    ];
    const hosts = [
      'README.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'biome.json',
      'pnpm-lock.yaml',
      'vitest.config.ts',
      'knip.json',
      'typedoc.json',
    ];
    const ignored = ['node_modules', 'runs', 'report', 'coverage', 'dist'];
    const found = readdirSync(root).filter((entry) => !entry.startsWith('.') && !ignored.includes(entry));
    expect(found.filter((entry) => ![...agreed, ...hosts].includes(entry))).toEqual([]);
    expect(agreed.filter((entry) => !found.includes(entry))).toEqual([]);
  });
});
