import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Json, TasklearnError } from '@tasklearn/core';
import { fileCheckpointStore } from '@tasklearn/core/node';
import { parsePlan } from '../plan/parse-plan.js';
import type { ResolvedPlan } from '../plan/plan.js';
import { readJson } from '../read-json.node.js';
import type { RunEnvironment } from '../report/report-data.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import { readRows } from '../rows/read-rows.node.js';
import type { Cell } from './cell.js';

/** Where a cell stands. */
export interface CellState {
  /** What makes this run this run. */
  readonly identity: Json;
  /** `finished` is never run again; `failed` neither, since the same numbers would come out; `running` is resumed. */
  readonly status: 'running' | 'finished' | 'failed';
  /** Outer updates behind the last checkpoint. */
  readonly update: number;
  /** Seconds of meta-training behind the last checkpoint. */
  readonly trainingSeconds: number;
  /** Why it failed. */
  readonly cause?: string;
}

/** Paths inside a run folder. */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly plan: string;
  readonly environment: string;
  /** All rows of the run, written when it ends or is stopped. */
  readonly rows: string;
  readonly report: string;
  cell(key: string): CellFolder;
}

/** Paths inside a cell's folder. */
export interface CellFolder {
  readonly path: string;
  readonly state: string;
  readonly rows: string;
  /** State of meta-training, to resume from. */
  readonly checkpoint: string;
  /** A test under way, to resume from; streams only, deleted when it has ended. */
  readonly lifetime: string;
  /** The trained learner, to evaluate and export. */
  readonly learner: string;
  /** A few test episodes with what came of them. */
  readonly examples: string;
  /** Drawings of a few test trials; control only. */
  readonly drawings: string;
}

/**
 * Names the files of a run.
 *
 * @param path - the folder; relative to the working directory.
 */
export function runFolder(path: string): RunFolder {
  const root = resolve(path);
  return {
    path: root,
    plan: join(root, 'plan.json'),
    environment: join(root, 'environment.json'),
    rows: join(root, 'rows.jsonl'),
    report: join(root, 'report.html'),
    cell(key) {
      const folder = join(root, 'cells', key);
      return {
        path: folder,
        state: join(folder, 'state.json'),
        rows: join(folder, 'rows.jsonl'),
        checkpoint: join(folder, 'checkpoint.safetensors'),
        lifetime: join(folder, 'lifetime.safetensors'),
        learner: join(folder, 'learner.safetensors'),
        examples: join(folder, 'examples.safetensors'),
        drawings: join(folder, 'drawings.json'),
      };
    },
  };
}

/** Replaces a file wholly or not at all. @throws `WRITE_FAILED`, keeping the old file. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await fileCheckpointStore(path).save(
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  );
}

const advice = 'Delete it, or the run folder it is in.';

/** State of a cell; undefined before its first checkpoint. @throws `CORRUPT_FILE`. */
export async function readCellState(folder: CellFolder): Promise<CellState | undefined> {
  return (await readJson(folder.state, advice)) as CellState | undefined;
}

/** Writes the state of a cell, wholly or not at all. @throws `WRITE_FAILED`. */
export function writeCellState(folder: CellFolder, state: CellState): Promise<void> {
  return writeWhole(folder.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** Deletes everything a cell has written. */
export function clearCell(folder: CellFolder): Promise<void> {
  return rm(folder.path, { recursive: true, force: true });
}

/** The plan of a run folder. @throws `MISSING_DATA` where there is none; `INVALID_PLAN`, `CORRUPT_FILE`. */
export async function readRunPlan(folder: RunFolder): Promise<ResolvedPlan> {
  const value = await readJson(folder.plan, advice);
  if (value === undefined) {
    throw new TasklearnError(
      'MISSING_DATA',
      `No run in ${folder.path}: it holds no plan.json. Run \`tasklearn compare\` first.`,
      {
        path: folder.path,
      },
    );
  }
  return parsePlan(value);
}

/** Where and how a run was made; undefined where it does not say. @throws `CORRUPT_FILE`. */
export async function readEnvironment(folder: RunFolder): Promise<RunEnvironment | undefined> {
  return (await readJson(folder.environment, advice)) as RunEnvironment | undefined;
}

/**
 * All rows of a run's cells so far, in the order of the plan, with one row for each cell that failed.
 *
 * @param cells - of the plan.
 * @throws `CORRUPT_FILE`.
 */
export async function readCellRows(folder: RunFolder, cells: readonly Cell[]): Promise<EvaluationRow[]> {
  const rows: EvaluationRow[] = [];
  for (const { key } of cells) {
    const own = folder.cell(key);
    if ((await readCellState(own)) === undefined) continue;
    rows.push(...(await readRows(own.rows)));
  }
  return rows;
}
