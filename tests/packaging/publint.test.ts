import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));

describe.each(packages.filter((path) => existsSync(join(path, 'dist'))))('%s', (pkgDir) => {
  it('is fit to publish', { timeout: 60_000 }, async () => {
    const { messages, pkg } = await publint({ pkgDir, level: 'warning', strict: true, pack: 'pnpm' });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});

it('runs on built packages', () => {
  expect(packages.filter((path) => existsSync(join(path, 'dist'))).length, 'pnpm build first').toBe(
    packages.length,
  );
});
