import { readFile } from 'node:fs/promises';
import { decodeCheckpoint, type EpisodeTruth, type HostTensor, TasklearnError } from '@tasklearn/core';
import { isAbsent, readJson } from '../read-json.node.js';
import type { ExampleEpisodes, ReportData } from '../report/report-data.js';
import { cellsOf } from './cell.js';
import type { CellDrawings } from './control/trajectory-collector.js';
import { type RunFolder, readCellRows, readEnvironment, readRunPlan } from './run-folder.node.js';

interface ExampleTensors {
  readonly support: ExampleEpisodes['support'];
  readonly query: ExampleEpisodes['query'];
  readonly mean: HostTensor;
}

/** Tensors of example episodes, and nothing else that a file may hold. @throws `CORRUPT_FILE`. */
function exampleTensors(tensors: unknown, path: string): ExampleTensors {
  const { support, query, mean } = tensors as Partial<ExampleTensors>;
  if (support?.inputs && support.targets && query?.inputs && query.targets && mean)
    return { support, query, mean };
  throw new TasklearnError(
    'CORRUPT_FILE',
    `readRun: ${path} holds no example episodes. Delete it; the report is made without them.`,
    { path },
  );
}

interface ExampleMetadata {
  readonly learner: string;
  readonly seed: number;
  readonly target: ExampleEpisodes['target'];
  readonly truths: readonly EpisodeTruth[];
}

async function readBytes(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((error) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
}

/** Examples of the cells of the first seed that has any, put together. */
async function readExamples(
  folder: RunFolder,
  keys: readonly string[],
): Promise<ExampleEpisodes | undefined> {
  let examples: ExampleEpisodes | undefined;
  for (const key of keys) {
    const bytes = await readBytes(folder.cell(key).examples);
    if (bytes === undefined) continue;
    const { tensors, metadata } = decodeCheckpoint(bytes);
    const { support, query, mean } = exampleTensors(tensors, folder.cell(key).examples);
    const { learner, seed, target, truths } = metadata as unknown as ExampleMetadata;
    examples ??= { seed, target, support, query, truths, predictions: [] };
    examples = { ...examples, predictions: [...examples.predictions, { learner, mean }] };
  }
  return examples;
}

/** Drawings of the cells that have some. */
async function readDrawings(folder: RunFolder, keys: readonly string[]): Promise<CellDrawings[]> {
  const found = await Promise.all(keys.map((key) => readJson(folder.cell(key).drawings)));
  return found.filter((drawings) => drawings !== undefined) as CellDrawings[];
}

/**
 * Reads everything a report is made of from a run folder.
 *
 * @throws `MISSING_DATA` for a folder without a run, `CORRUPT_FILE`.
 */
export async function readRun(folder: RunFolder): Promise<ReportData> {
  const plan = await readRunPlan(folder);
  const environment = await readEnvironment(folder);
  const cells = cellsOf(plan);
  const rows = await readCellRows(folder, cells);
  if (environment === undefined || rows.length === 0) {
    throw new TasklearnError(
      'MISSING_DATA',
      `The run in ${folder.path} has no results yet. Run the plan again to resume it.`,
      {
        path: folder.path,
      },
    );
  }
  const first = cells.filter(({ seed }) => seed === plan.seeds[0]).map(({ key }) => key);
  const drawings = await readDrawings(folder, first);
  const { trial, joint, stream } = plan;
  const episodic = trial === undefined && joint === undefined && stream === undefined;
  const examples = episodic ? await readExamples(folder, first) : undefined;
  return {
    plan,
    rows,
    environment,
    ...(examples === undefined ? {} : { examples }),
    ...(drawings.length === 0 ? {} : { drawings }),
  };
}
