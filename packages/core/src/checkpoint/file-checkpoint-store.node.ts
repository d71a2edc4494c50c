import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TasklearnError } from '../errors.js';
import type { CheckpointStore } from './checkpoint.js';

/**
 * A checkpoint in a file. Saving writes a temporary file beside it, syncs it to disk and renames it, so killing
 * the process, or a full disk, leaves the old file or the new one and never a part of either.
 *
 * @param path - e.g. `runs/maml-seed-1.safetensors`; missing folders are made when saving.
 * @throws from `save`: `WRITE_FAILED` with the system's reason in `details.reason`, e.g. `ENOSPC`.
 * @throws from `load`: `CORRUPT_FILE` if the file is there and cannot be read.
 */
export function fileCheckpointStore(path: string): CheckpointStore {
  const temporary = `${path}.tmp`;
  return {
    async save(bytes) {
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeSynced(temporary, bytes);
        await rename(temporary, path);
        await syncFolder(dirname(path));
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to tell.
        throw failed('WRITE_FAILED', path, 'written', 'Free some space or choose another folder', cause);
      }
    },
    async load() {
      try {
        return new Uint8Array(await readFile(path));
      } catch (cause) {
        if (reasonOf(cause) === 'ENOENT') return undefined;
        throw failed('CORRUPT_FILE', path, 'read', 'Check that it is a file and may be read', cause);
      }
    },
  };
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the renaming itself durable. Some systems cannot open a folder; there it is as durable as they make it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function failed(
  code: 'WRITE_FAILED' | 'CORRUPT_FILE',
  path: string,
  verb: string,
  remedy: string,
  cause: unknown,
): TasklearnError {
  const reason = reasonOf(cause);
  const message = `The checkpoint '${path}' could not be ${verb}: ${reason}. ${remedy}.`;
  return new TasklearnError(code, message, { path, reason, cause });
}

function reasonOf(cause: unknown): string {
  return String((cause as { readonly code?: string }).code ?? cause);
}
