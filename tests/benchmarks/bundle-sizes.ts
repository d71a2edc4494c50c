import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..', '..');
const names = readdirSync(join(root, 'packages'));

/** Bytes of a browser bundle of one package with everything it imports; peers stay outside. `brings`: its workspace packages. */
async function bundled(name: string): Promise<{ minified: number; compressed: number; brings: string[] }> {
  const { outputFiles, metafile } = await build({
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
    metafile: true,
  });
  // The entry and what it loads at once; dynamic imports (glyph data) are files of their own.
  const entry = outputFiles.find(({ path }) => path.endsWith('index.js'));
  const contents = entry?.contents ?? new Uint8Array();
  const own = Object.keys(metafile.inputs).flatMap(
    (path) => /packages\/([^/]+)\/src\//.exec(path)?.[1] ?? [],
  );
  const brings = [...new Set(own)].filter((other) => other !== name).sort();
  return { minified: contents.length, compressed: gzipSync(contents).length, brings };
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
const rows: string[] = [];
for (const name of names) {
  const { minified, compressed, brings } = await bundled(name);
  rows.push(
    `| \`@tasklearn/${name}\` | ${brings.join(', ')} | ${kilobytes(minified)} | ${kilobytes(compressed)} |`,
  );
}
process.stdout.write(
  `| package | with, from the workspace | minified, kB | gzip, kB |\n|---|---|---|---|\n${rows.join('\n')}\n`,
);
