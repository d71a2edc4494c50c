import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { TasklearnError } from '@tasklearn/core';
import type { ResolvedPlan } from '../plan/plan.js';
import type { Cell } from './cell.js';
import type { ProgressEvent } from './progress.js';
import type { CellOutcome } from './run-cell.node.js';
import type { RunFolder } from './run-folder.node.js';
import type { RunOptions } from './run-plan.node.js';

/** First message to a child: what to run. */
export interface WorkerTask {
  readonly plan: ResolvedPlan;
  readonly folder: string;
  readonly pluginModules: readonly string[];
  readonly cell: string;
}

/** Messages from a child. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly event: ProgressEvent }
  | { readonly kind: 'outcome'; readonly outcome: CellOutcome }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly details: object };

/** The child's program: beside this file, in TypeScript when this file is. */
const program = fileURLToPath(import.meta.url).replace(/run-workers\.node\.(js|ts)$/, 'cell-worker.node.$1');

/** Threads for each child where the plan does not say: the processor's, shared out. */
function withThreads(plan: ResolvedPlan, workers: number): ResolvedPlan {
  if (workers < 2 || plan.execution.threads !== undefined) return plan;
  const threads = Math.max(1, Math.floor(availableParallelism() / workers));
  return { ...plan, execution: { ...plan.execution, threads } };
}

/** Runs one cell in a child process of its own, so that its memory is its own and a crash is not ours. */
function runInChild(
  task: WorkerTask,
  { onProgress, signal }: RunOptions,
  children: Set<ChildProcess>,
): Promise<CellOutcome> {
  return new Promise((resolve, reject) => {
    const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    children.add(child);
    const stop = () => child.connected && child.send('stop');
    signal?.addEventListener('abort', stop, { once: true });
    let outcome: CellOutcome | undefined;
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress?.(message.event);
      else if (message.kind === 'outcome') outcome = message.outcome;
      else
        reject(new TasklearnError(message.code as 'WRITE_FAILED', message.message, { ...message.details }));
    });
    child.on('error', reject);
    child.on('exit', (code, killer) => {
      children.delete(child);
      signal?.removeEventListener('abort', stop);
      if (outcome !== undefined) return resolve(outcome);
      const how = killer === null ? `exit code ${code}` : `signal ${killer}`;
      const cause = `its process ended with ${how}; running the same command again resumes it`;
      onProgress?.({ kind: 'cellFailed', cell: task.cell, update: 0, cause });
      resolve('failed');
    });
    child.send(task);
    if (signal?.aborted) stop();
  });
}

/**
 * Runs cells in child processes, `workers` at a time.
 *
 * @throws what a child throws about files and plans; the other children are stopped first.
 */
export async function runWorkers(
  plan: ResolvedPlan,
  folder: RunFolder,
  cells: readonly Cell[],
  options: RunOptions,
): Promise<void> {
  const { workers = 1, pluginModules, signal } = options;
  if (pluginModules === undefined) {
    throw new TasklearnError(
      'INVALID_OPTION',
      'runPlan: `workers` need `pluginModules`, addresses to import the plugins from.',
      {
        key: 'pluginModules',
      },
    );
  }
  const shared = withThreads(plan, workers);
  const queue = [...cells];
  const children = new Set<ChildProcess>();
  const work = async () => {
    for (let cell = queue.shift(); cell !== undefined && !signal?.aborted; cell = queue.shift()) {
      const task = { plan: shared, folder: folder.path, pluginModules, cell: cell.key };
      if ((await runInChild(task, options, children)) === 'stopped') return;
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } catch (error) {
    queue.length = 0;
    for (const child of children) child.kill('SIGTERM');
    throw error;
  }
}
