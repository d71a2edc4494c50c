import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TasklearnError } from '@tasklearn/core';
import type { RunFolder } from './run-folder.node.js';

/** A run folder that this process alone may write to. */
export interface RunLock {
  /** Lets others in. Calling it twice is harmless. */
  release(): Promise<void>;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: string }).code === 'EPERM'; // It is there, and somebody else's.
  }
}

async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

/**
 * Keeps two processes from running into one folder at once. A lock whose process is gone (killed by force) counts for
 * nothing.
 *
 * @throws `@tasklearn/evaluation:RUN_IN_USE` while another process runs there; `WRITE_FAILED` where the lock cannot be
 *   written.
 */
export async function lockRun(folder: RunFolder): Promise<RunLock> {
  const path = join(folder.path, 'run.lock');
  const holder = await holderOf(path);
  if (holder !== undefined) {
    throw new TasklearnError(
      '@tasklearn/evaluation:RUN_IN_USE',
      `runPlan: process ${holder} is running into ${folder.path}. Wait for it, choose another output folder, or delete run.lock if it is no run of tasklearn.`,
      { path, process: holder },
    );
  }
  try {
    await mkdir(folder.path, { recursive: true });
    await writeFile(path, `${process.pid}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TasklearnError('WRITE_FAILED', `runPlan: ${folder.path} cannot be written to: ${reason}`, {
      path,
      cause,
    });
  }
  return { release: () => rm(path, { force: true }) };
}
