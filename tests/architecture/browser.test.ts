import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const names = readdirSync(join(root, 'packages'));

/** Bundles an entry point for browsers from source; peers that a page loads by itself stay outside. */
async function bundle(name: string) {
  return build({
    entryPoints: [join(root, 'packages', name, 'src/index.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@tasklearn/source'],
    external: ['@tensorflow/*', 'onnxruntime-web', 'onnxruntime-web/*', 'onnxruntime-common'],
    logLevel: 'silent',
    metafile: true,
  });
}

describe.each(names)('%s in a browser', (name) => {
  it('bundles without a Node module', async () => {
    const { outputFiles, metafile } = await bundle(name);
    const imports = Object.values(metafile.outputs).flatMap((output) =>
      output.imports.map(({ path }) => path),
    );
    expect(imports.filter((path) => path.startsWith('node:') || path.startsWith('onnxruntime-node'))).toEqual(
      [],
    );
    expect(outputFiles[0]?.text.length).toBeGreaterThan(100);
  });

  it('does nothing on import', async () => {
    const { sideEffects } = (
      await import(join(root, 'packages', name, 'package.json'), { with: { type: 'json' } })
    ).default;
    expect(sideEffects).toBe(false);
  });
});
