import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TasklearnError } from '@tasklearn/core';
import type { EvaluationRow } from './evaluation-row.js';

/** Appends rows to a JSONL file, in synced batches. */
export interface RowWriter {
  /** Queues a row; writes when a batch is full. */
  write(row: EvaluationRow): Promise<void>;
  /** Writes what is queued and syncs it to the disk. @throws `WRITE_FAILED` keeping everything written before. */
  flush(): Promise<void>;
  /** Flushes and closes. Calling it twice is harmless. */
  close(): Promise<void>;
}

const BATCH = 512;
const NEWLINE = 10;

/** Length of the file up to its last complete line: what a killed process left half-written is cut off. */
async function completeLength(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const block = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

function writeFailed(path: string, cause: unknown): TasklearnError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TasklearnError(
    'WRITE_FAILED',
    `rowWriter: could not append to ${path} (${reason}). Rows written before are kept; free some space and run the same command again.`,
    { path, cause },
  );
}

/** Writes all of `text` at the end, or cuts the file back to where it was. */
async function append(file: FileHandle, text: string, path: string): Promise<void> {
  const { size } = await file.stat();
  const bytes = Buffer.from(text);
  try {
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, offset);
      if (bytesWritten === 0) throw new Error('no byte was accepted');
      offset += bytesWritten;
    }
    await file.sync();
  } catch (cause) {
    await file.truncate(size).catch(() => undefined);
    throw writeFailed(path, cause);
  }
}

/**
 * Opens a row file for appending; makes its folder, and cuts off a last line that was only half written.
 *
 * @param path - the `.jsonl` file.
 * @returns the writer. Rows are durable after `flush` or `close`.
 * @throws `WRITE_FAILED` where the file cannot be opened.
 */
export async function openRowWriter(path: string): Promise<RowWriter> {
  let file: FileHandle;
  try {
    await mkdir(dirname(path), { recursive: true });
    file = await open(path, 'a+');
    const { size } = await file.stat();
    const complete = await completeLength(file);
    if (complete < size) await file.truncate(complete);
  } catch (cause) {
    throw writeFailed(path, cause);
  }
  return createWriter(file, path);
}

function createWriter(file: FileHandle, path: string): RowWriter {
  let queue: string[] = [];
  let closed = false;
  const flush = async () => {
    if (queue.length === 0) return;
    const lines = queue;
    queue = [];
    await append(file, `${lines.join('\n')}\n`, path);
  };
  return {
    async write(row) {
      queue.push(JSON.stringify(row));
      if (queue.length >= BATCH) await flush();
    },
    flush,
    async close() {
      if (closed) return;
      closed = true;
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
  };
}
