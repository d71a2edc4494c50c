import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeCheckpoint } from '../index.js';
import { fileCheckpointStore } from '../index.node.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tasklearn-checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('fileCheckpointStore', () => {
  it('saves, replaces and loads, making folders as needed and leaving nothing beside', async () => {
    const path = join(folder, 'a', 'b', 'run.safetensors');
    const store = fileCheckpointStore(path);
    expect(await store.load()).toBeUndefined();
    await store.save(Uint8Array.of(1, 2, 3));
    await store.save(Uint8Array.of(4, 5));
    expect(await store.load()).toEqual(Uint8Array.of(4, 5));
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['run.safetensors']);
  });

  it('overwrites what a killed process left behind', async () => {
    const path = join(folder, 'run.safetensors');
    writeFileSync(`${path}.tmp`, 'half a chec');
    await fileCheckpointStore(path).save(Uint8Array.of(1));
    expect(readdirSync(folder)).toEqual(['run.safetensors']);
  });

  const full = existsSync('/dev/full') ? it : it.skip;
  full('keeps the old file when the disk is full (skipped: no /dev/full on this system)', async () => {
    const path = join(folder, 'run.safetensors');
    const store = fileCheckpointStore(path);
    await store.save(Uint8Array.of(1, 2, 3));
    symlinkSync('/dev/full', `${path}.tmp`); // Every write to it fails with ENOSPC.
    await expect(store.save(Uint8Array.of(4))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      details: { path, reason: 'ENOSPC' },
      cause: expect.anything(),
    });
    expect(await store.load()).toEqual(Uint8Array.of(1, 2, 3));
    expect(readdirSync(folder)).toEqual(['run.safetensors']);
  });

  it('says so when a file is where a folder should be, or a folder where the file', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    await expect(fileCheckpointStore(join(path, 'run')).save(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      details: { reason: expect.stringMatching(/ENOTDIR|EEXIST/) },
    });
    await expect(fileCheckpointStore(folder).save(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
    });
    await expect(fileCheckpointStore(folder).load()).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
      details: { path: folder, reason: 'EISDIR' },
    });
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  const python = spawnSync('python3', ['-c', 'import safetensors, numpy']).status === 0;
  (python ? it : it.skip)(
    'writes what Python reads (skipped: no python3 with safetensors and numpy)',
    async () => {
      const path = join(folder, 'run.safetensors');
      const weight = { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1.5, -2) } as const;
      await fileCheckpointStore(path).save(
        encodeCheckpoint({ tensors: { theta: { weight } }, metadata: { update: 3 } }),
      );
      const script = [
        'import sys, json, safetensors',
        'with safetensors.safe_open(sys.argv[1], "np") as f:',
        '    print(json.dumps([list(f.keys()), f.get_tensor("theta/weight").tolist(), f.metadata()["tasklearn"]]))',
      ].join('\n');
      const { stdout, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual([['theta/weight'], [[1.5, -2]], '{"update":3}']);
    },
  );
});
