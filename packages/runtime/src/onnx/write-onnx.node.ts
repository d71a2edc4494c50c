import { open, rename, rm } from 'node:fs/promises';
import { TasklearnError } from '@tasklearn/core';

/**
 * Writes a model to a file: to a temporary name beside it, then renamed, so that a file is whole or not there.
 *
 * @param path - ends in `.onnx` by convention; an existing file is replaced.
 * @param model - as made by `compiled.toOnnx`.
 * @throws `WRITE_FAILED` if the folder does not exist, the disk is full, or the like; an existing file stays.
 */
export async function writeOnnx(path: string, model: Uint8Array): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(model);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new TasklearnError('WRITE_FAILED', `writeOnnx: could not write ${path}: ${reason}`, {
      path,
      cause: error,
    });
  }
}
