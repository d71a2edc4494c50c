import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readJson } from './read-json.node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-'));
});

it('reads what is there, and tells absent from unreadable', async () => {
  const path = join(folder, 'a.json');
  await writeFile(path, '{"a":1}');
  expect(await readJson(path)).toEqual({ a: 1 });
  expect(await readJson(join(folder, 'none.json'))).toBeUndefined();
  expect(await readJson(join(path, 'below-a-file.json'))).toBeUndefined();
  await expect(readJson(folder)).rejects.toMatchObject({ code: 'CORRUPT_FILE', details: { path: folder } });
  await writeFile(path, '{');
  await expect(readJson(path, 'Delete it.')).rejects.toThrow(/is not JSON\. Delete it\./);
});
