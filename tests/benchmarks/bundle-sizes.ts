import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..', '..');
const names = ['core', 'runtime', 'nn', 'tasks', 'maml', 'protonets', 'conformance'];

/** Bytes of a browser bundle of one package with everything it imports from the workspace; peers stay outside. */
async function bundled(name: string): Promise<{ minified: number; compressed: number }> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'packages', name, 'src/index.ts')],
    bundle: true,
    minify: true,
    splitting: true,
    outdir: 'out',
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['@tasklearn/source'],
    external: ['@tensorflow/*', 'onnxruntime-web', 'onnxruntime-web/*', 'onnxruntime-common'],
    logLevel: 'error',
  });
  // The entry and what it loads at once; dynamic imports (glyph data) are files of their own.
  const entry = outputFiles.find(({ path }) => path.endsWith('index.js'));
  const contents = entry?.contents ?? new Uint8Array();
  return { minified: contents.length, compressed: gzipSync(contents).length };
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
const rows: string[] = [];
for (const name of names) {
  const { minified, compressed } = await bundled(name);
  rows.push(`| \`@tasklearn/${name}\` | ${kilobytes(minified)} | ${kilobytes(compressed)} |`);
}
process.stdout.write(
  `| package, with what it needs from the workspace | minified, kB | gzip, kB |\n|---|---|---|\n${rows.join('\n')}\n`,
);
