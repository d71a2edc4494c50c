import { createRegistry, TasklearnError } from '@tasklearn/core';
import { importPlugins } from '../plugins/import-plugins.node.js';
import { cellsOf } from './cell.js';
import { chooseExecutor } from './choose-executor.node.js';
import { prepareCell } from './prepare-cell.js';
import { runCell } from './run-cell.node.js';
import { runFolder } from './run-folder.node.js';
import type { WorkerMessage, WorkerTask } from './run-workers.node.js';

// The program of a child process: runs the one cell that its parent names, then ends.

const stop = new AbortController();

function send(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });
}

async function work({ plan, folder, pluginModules, cell: key }: WorkerTask): Promise<void> {
  const registry = createRegistry(await importPlugins(pluginModules));
  const cell = cellsOf(plan).find((each) => each.key === key)!;
  const notice = (text: string) => void send({ kind: 'progress', event: { kind: 'notice', message: text } });
  const outcome = await runCell({
    plan,
    prepared: await prepareCell(registry, plan, cell),
    executor: await chooseExecutor(plan.execution, notice),
    folder: runFolder(folder).cell(key),
    onProgress: (event) => void send({ kind: 'progress', event }),
    signal: stop.signal,
  });
  await send({ kind: 'outcome', outcome });
}

function onMessage(message: WorkerTask | 'stop'): void {
  if (message === 'stop') {
    stop.abort();
    return;
  }
  work(message)
    .catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const known = TasklearnError.is(error);
      return send({
        kind: 'error',
        code: known ? error.code : '@tasklearn/evaluation:WORKER_FAILED',
        message: known ? error.message : text,
        details: known ? JSON.parse(JSON.stringify(error.details)) : {},
      });
    })
    .finally(() => process.exit());
}

process.on('message', onMessage);
process.on('SIGINT', () => undefined); // The terminal sends it to the whole group; the parent decides what it means.
process.on('disconnect', () => process.exit(1)); // The parent is gone; checkpoints and rows are as after any kill.
