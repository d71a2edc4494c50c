import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const planted = join(root, 'packages/core/src/__planted__');

/** The rules that are broken, by name. */
function violations(paths: readonly string[]): string[] {
  const run = () =>
    execFileSync(
      'pnpm',
      ['exec', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  let output: string;
  try {
    output = run();
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const report = JSON.parse(output) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

afterEach(() => rmSync(planted, { recursive: true, force: true }));

describe('import rules', () => {
  it('hold', () => {
    expect(violations(['packages', 'plugins', 'examples'])).toEqual([]);
  });

  it('notice an import upwards and a Node module in a browser file', () => {
    mkdirSync(planted, { recursive: true });
    writeFileSync(join(planted, 'upwards.ts'), "import '../../../nn/src/index.js';\nimport 'node:fs';\n");
    const found = violations(['packages/core/src/__planted__']).join('\n');
    expect(found).toContain('core-imports-downwards');
    expect(found).toContain('browser-safe');
  });
});
