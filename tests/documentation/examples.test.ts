import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencedExamples, toModule } from './fenced-examples.js';

const root = join(import.meta.dirname, '..', '..');
const generated = join(import.meta.dirname, 'generated');
const examples = fencedExamples(root);

/** An example in a documentation comment may use what its own package exports without importing it. */
function ownImport(place: string): string | undefined {
  const match = /^(?:packages)\/([^/]+)\/src\//.exec(place);
  if (match === null) return undefined;
  return `import * as own from '@tasklearn/${match[1]}';\nObject.assign(globalThis, own);`;
}

beforeAll(() => mkdirSync(generated, { recursive: true }));
afterAll(() => rmSync(generated, { recursive: true, force: true }));

describe('every fenced example runs', () => {
  it('and there are some', () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.each(examples.map((example, index) => [example.place, example, index] as const))(
    '%s',
    async (place, example, index) => {
      const file = join(generated, `example-${index}.ts`);
      writeFileSync(file, toModule(example.code, ownImport(place)));
      await import(file);
    },
  );
});
