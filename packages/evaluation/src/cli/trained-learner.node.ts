import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, TasklearnError } from '@tasklearn/core';
import type { Command } from 'commander';
import { parsePlan } from '../plan/parse-plan.js';
import type { PlanOptions, ResolvedPlan } from '../plan/plan.js';
import { decodeLearner, type LearnerFile } from '../runner/learner-file.js';
import { type CommonFlags, collect, wholeNumber } from './command-context.node.js';
import { parseOptions } from './parse-options.js';

/** Flags of commands that use a trained learner. */
export interface TrainedFlags extends CommonFlags {
  readonly ways?: number;
  readonly shots?: number;
  readonly lifetimes?: number;
  readonly exploration?: number;
  readonly execution?: number;
  readonly option?: readonly string[];
  readonly distribution?: string;
  readonly distributionOption?: readonly string[];
  readonly seed?: number;
  readonly mode?: string;
  readonly backend?: string;
  readonly threads?: number;
}

/** Adds the flags of {@link TrainedFlags}. */
export function withTrainedFlags(command: Command): Command {
  return command
    .option(
      '--ways <n>',
      'classes in an episode; may differ from meta-training where the learner can',
      wholeNumber,
    )
    .option('--shots <k>', 'support items per class', wholeNumber)
    .option('--lifetimes <n>', 'lifetimes of streams; 1 where absent', wholeNumber)
    .option('--exploration <n>', 'episodes of a control task that do not count, first', wholeNumber)
    .option('--execution <n>', 'episodes of a control task that count', wholeNumber)
    .option('--option <key=value>', 'an option of the learner while it adapts, e.g. innerSteps=10', collect)
    .option('--distribution <id>', 'other tasks than it was trained for')
    .option('--distribution-option <key=value>', 'an option of the distribution', collect)
    .option('--seed <n>', 'which test episodes; that of the training where absent', wholeNumber)
    .option('--mode <mode>', 'auto, compiled or eager')
    .option('--backend <name>', 'TensorFlow.js backend for eager runs')
    .option('--threads <n>', 'threads of the engine', wholeNumber);
}

/**
 * Reads a trained learner.
 *
 * @param place - the file, or the folder of a cell that holds it.
 * @throws `MISSING_DATA` where there is no such file, `CORRUPT_FILE` for another kind of file or a broken one.
 */
export async function readLearner(place: string): Promise<LearnerFile> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const path = isFolder ? join(place, 'learner.safetensors') : place;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new TasklearnError(
      'MISSING_DATA',
      `No trained learner at ${path}. \`tasklearn train\` writes one.`,
      { path, cause },
    );
  }
  try {
    return decodeLearner(bytes);
  } catch (cause) {
    if (!TasklearnError.is(cause)) throw cause;
    throw new TasklearnError('CORRUPT_FILE', `${path}: ${cause.message}`, { path, cause });
  }
}

/**
 * A plan that uses a trained learner as the flags say.
 *
 * @param test - episodes or tasks, and tasks per batch.
 */
export function planOfLearner(
  file: LearnerFile,
  flags: TrainedFlags,
  test: { readonly episodes: number; readonly tasks?: number | undefined; readonly tasksPerBatch: number },
): ResolvedPlan {
  const given = (members: Record<string, Json | undefined>) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as PlanOptions;
  const tasks = {
    ...given({ ways: flags.ways, shots: flags.shots }),
    ...parseOptions(flags.distributionOption ?? []),
  };
  const elsewhere = flags.distribution !== undefined && flags.distribution !== file.distribution;
  const { mode, backend, threads, exploration, execution, lifetimes } = flags;
  const own = given({ explorationEpisodes: exploration, executionEpisodes: execution });
  const trial = Object.keys(own).length === 0 ? file.trial : { ...file.trial, ...own };
  return parsePlan({
    name: file.name,
    learners: [
      {
        id: file.learner,
        name: file.name,
        options: file.options,
        testOptions: { ...file.testOptions, ...parseOptions(flags.option ?? []) },
        updates: file.update,
      },
    ],
    distribution: elsewhere
      ? { id: flags.distribution, options: tasks }
      : {
          id: file.distribution,
          train: file.trainingOptions,
          test: { ...file.distributionOptions, ...tasks },
        },
    seeds: [flags.seed ?? file.seed],
    execution: given({ mode, backend, threads }),
    test: given(test),
    ...(trial === undefined ? {} : { trial }),
    ...(lifetimes === undefined ? {} : { stream: { lifetimes } }),
  });
}
