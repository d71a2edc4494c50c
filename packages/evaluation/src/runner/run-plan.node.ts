import { createRegistry, type Plugin, type Registry } from '@tasklearn/core';
import { parsePlan } from '../plan/parse-plan.js';
import type { EvaluationPlan, ResolvedPlan } from '../plan/plan.js';
import type { EvaluationRow } from '../rows/evaluation-row.js';
import type { ComparisonSummary } from '../summary/comparison-summary.js';
import { summarise } from '../summary/summarise.js';
import { type Cell, cellsOf } from './cell.js';
import { chooseExecutor } from './choose-executor.node.js';
import { describeEnvironment } from './describe-environment.node.js';
import { completePlan, type DistributionCache, prepareCell } from './prepare-cell.js';
import type { ProgressEvent } from './progress.js';
import { type CellOutcome, runCell } from './run-cell.node.js';
import {
  clearCell,
  type RunFolder,
  readCellRows,
  readCellState,
  readEnvironment,
  runFolder,
  writeWhole,
} from './run-folder.node.js';
import { lockRun } from './run-lock.node.js';
import { runWorkers } from './run-workers.node.js';

/** How a plan is run. */
export interface RunOptions {
  /** Plugins that publish the plan's learners and distribution. */
  readonly plugins: readonly Plugin[];
  /** Addresses from which child processes import the same plugins; needed for `workers`. */
  readonly pluginModules?: readonly string[];
  /** Child processes, each running one cell at a time; 0, the default, runs all cells in this process. */
  readonly workers?: number;
  /** Deletes what an earlier run left in the folder. Default false: what is finished is not repeated, the rest resumed. */
  readonly fresh?: boolean;
  /** The command, for the report. */
  readonly command?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Finishes the update under way, saves, and stops. */
  readonly signal?: AbortSignal;
}

/** What a run has made so far. */
export interface RunResult {
  readonly plan: ResolvedPlan;
  readonly folder: RunFolder;
  /** `stopped`: by the signal; `incomplete`: a child process broke off. Running the same plan again resumes either. */
  readonly status: 'finished' | 'stopped' | 'incomplete';
  readonly rows: readonly EvaluationRow[];
  readonly summary: ComparisonSummary;
}

/** How each cell is run: here, or in a child process. */
export type CellRunner = (cell: Cell) => Promise<CellOutcome>;

function runHere(plan: ResolvedPlan, registry: Registry, folder: RunFolder, options: RunOptions): CellRunner {
  const cache: DistributionCache = new Map();
  const onProgress = options.onProgress ?? (() => undefined);
  const executor = chooseExecutor(plan.execution, (message) => onProgress({ kind: 'notice', message }));
  return async (cell) =>
    runCell({
      plan,
      prepared: await prepareCell(registry, plan, cell, cache),
      executor: await executor,
      folder: folder.cell(cell.key),
      onProgress,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
}

/** A plan that was found to be good. */
interface CheckedPlan {
  readonly plan: ResolvedPlan;
  /** Of every cell: test tasks, episodes or steps. */
  readonly testTasks: number;
}

/** Completes the plan, and refuses everything that can be known to be wrong before an hour of training. */
async function checkPlan(given: ResolvedPlan, registry: Registry): Promise<CheckedPlan> {
  const cache: DistributionCache = new Map();
  const plan = await completePlan(registry, given, cache);
  const firstSeed = cellsOf(plan).filter(({ seed }) => seed === plan.seeds[0]);
  let testTasks = 0;
  for (const cell of firstSeed) ({ testTasks } = await prepareCell(registry, plan, cell, cache));
  return { plan, testTasks };
}

async function begin(
  { plan, testTasks }: CheckedPlan,
  registry: Registry,
  folder: RunFolder,
  cells: readonly Cell[],
  options: RunOptions,
) {
  if (options.fresh) for (const { key } of cells) await clearCell(folder.cell(key));
  await writeWhole(folder.plan, `${JSON.stringify(plan, null, 2)}\n`);
  const { name: executor } = await chooseExecutor(plan.execution);
  const earlier = options.fresh ? undefined : await readEnvironment(folder);
  const now = await describeEnvironment(options.command ?? 'runPlan', executor, registry);
  const environment = { ...now, started: earlier?.started ?? now.started };
  await writeWhole(folder.environment, `${JSON.stringify(environment, null, 2)}\n`);
  options.onProgress?.({
    kind: 'runStarted',
    folder: folder.path,
    executor,
    cells: cells.map(({ key, learner, seed }) => ({
      cell: key,
      learner: learner.name,
      seed,
      ...(learner.updates === undefined ? {} : { updates: learner.updates }),
      ...plan.budget,
      episodes: testTasks,
      ...(plan.stream === undefined ? {} : { unit: 'steps' as const }),
    })),
  });
}

/** One cell after the other. */
async function runInTurn(
  cells: readonly Cell[],
  run: CellRunner,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const cell of cells) {
    if (signal?.aborted) return;
    if ((await run(cell)) === 'stopped') return;
  }
}

async function isComplete(folder: RunFolder, cells: readonly Cell[]): Promise<boolean> {
  const states = await Promise.all(cells.map(({ key }) => readCellState(folder.cell(key))));
  return states.every((state) => state?.status === 'finished' || state?.status === 'failed');
}

/**
 * Runs a plan: every learner on every seed, meta-training and test, into a run folder. What an earlier run of the same
 * plan finished there is not repeated, and what it began is resumed, bit for bit on the same executor.
 *
 * @param plan - checked and completed first.
 * @returns rows and summary of everything the folder holds now.
 * @throws before anything runs: `INVALID_PLAN`, `INVALID_OPTION`, `NO_SUCH_LEARNER`, `NO_SUCH_DISTRIBUTION`,
 *   `MISSING_DATA`, `UNSUPPORTED_TASK`, `BACKEND_UNAVAILABLE`, `@tasklearn/evaluation:RUN_IN_USE`.
 * @throws while running: `WRITE_FAILED`, `CORRUPT_FILE`; rows and checkpoints written before are kept. A learner that
 *   diverges or throws is a row with its cause.
 */
export async function runPlan(plan: EvaluationPlan | ResolvedPlan, options: RunOptions): Promise<RunResult> {
  const registry = createRegistry(options.plugins);
  const checked = await checkPlan(parsePlan(plan), registry);
  const { plan: complete } = checked;
  const cells = cellsOf(complete);
  const folder = runFolder(complete.output);
  const lock = await lockRun(folder);
  try {
    await begin(checked, registry, folder, cells, options);
    const { workers = 0, signal } = options;
    if (workers > 0) await runWorkers(complete, folder, cells, options);
    else await runInTurn(cells, runHere(complete, registry, folder, options), signal);
  } finally {
    await lock.release();
  }
  const rows = await readCellRows(folder, cells);
  await writeWhole(folder.rows, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return {
    plan: complete,
    folder,
    status: (await isComplete(folder, cells))
      ? 'finished'
      : options.signal?.aborted
        ? 'stopped'
        : 'incomplete',
    rows,
    summary: summarise(complete, rows),
  };
}
