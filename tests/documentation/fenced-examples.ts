import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One fenced `ts` block, or one `@example`, and where it stands. */
export interface FencedExample {
  readonly place: string;
  readonly code: string;
}

const skipped = new Set(['node_modules', 'dist', '.git', '.turbo', 'runs', 'api', '.changeset']);

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

function blocks(text: string, place: string): FencedExample[] {
  const found: FencedExample[] = [];
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    const line = text.slice(0, match.index).split('\n').length;
    found.push({ place: `${place}:${line}`, code: match[1] as string });
  }
  return found;
}

/** Documentation comments without their stars, line by line where they were. */
function withoutStars(source: string): string {
  return source
    .split('\n')
    .map((line) => (/^\s*\*/.test(line) ? line.replace(/^\s*\* ?/, '') : ''))
    .join('\n');
}

/** Every runnable example of the repository: `ts` blocks in Markdown and in documentation comments. */
export function fencedExamples(root: string): FencedExample[] {
  const markdown = filesUnder(root, '.md').flatMap((path) =>
    blocks(readFileSync(path, 'utf8'), relative(root, path)),
  );
  const comments = ['packages', 'plugins']
    .flatMap((folder) => filesUnder(join(root, folder), '.ts'))
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.d.ts'))
    .flatMap((path) => blocks(withoutStars(readFileSync(path, 'utf8')), relative(root, path)));
  return [...markdown, ...comments];
}

/**
 * The example as a module. A comment `// => value` behind an expression, or behind `const name = ...`, becomes an
 * assertion that the value is this, numbers to 4 digits; promises are awaited.
 */
export function toModule(code: string, ownModule?: string): string {
  const body = code.split('\n').map((line) => {
    const assertion = /^(\s*)(.+?);?\s*\/\/ => (.+)$/.exec(line);
    if (assertion === null) return line;
    const [, indent, statement, expected] = assertion as unknown as [string, string, string, string];
    const declared = /^(?:const|let) (\w+) = /.exec(statement);
    if (declared !== null) return `${indent}${statement}; await __expectLike(${declared[1]}, ${expected});`;
    return `${indent}await __expectLike(${statement}, ${expected});`;
  });
  const imports =
    code.includes("from '@tensorflow/tfjs'") || !/\btf\./.test(code)
      ? ''
      : "import * as tf from '@tensorflow/tfjs';\n";
  const own = ownModule === undefined || /from '@tasklearn\//.test(code) ? '' : `${ownModule}\n`;
  return `import { expectLike as __expectLike } from '../expect-like.js';\n${imports}${own}${body.join('\n')}\nexport {};\n`;
}
