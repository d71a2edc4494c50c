import type { Json } from '@tasklearn/core';
import type { Command } from 'commander';
import type { PlanFile } from '../plan/load-plan.node.js';
import { parsePlan } from '../plan/parse-plan.js';
import type { PlanOptions, ResolvedPlan } from '../plan/plan.js';
import { type CommonFlags, collect, decimalNumber, wholeNumber } from './command-context.node.js';
import { parseOptions } from './parse-options.js';

/** Flags that write or change a plan. */
export interface PlanFlags extends CommonFlags {
  readonly learner?: readonly string[];
  readonly option?: readonly string[];
  readonly distribution?: string;
  readonly distributionOption?: readonly string[];
  readonly ways?: number;
  readonly shots?: number;
  readonly updates?: number;
  readonly tasksPerUpdate?: number;
  readonly validateEvery?: number;
  readonly episodes?: number;
  readonly tasks?: number;
  readonly environmentSteps?: number;
  readonly validateEverySteps?: number;
  readonly exploration?: number;
  readonly execution?: number;
  readonly reference?: readonly string[];
  readonly items?: number;
  readonly validateItems?: number;
  readonly jointBatchSize?: number;
  readonly jointTasksPerBatch?: number;
  readonly jointSampling?: string;
  readonly jointMetric?: string;
  readonly jointIndependent?: string;
  readonly lifetimes?: number;
  readonly validateLifetimes?: number;
  readonly streamMetric?: string;
  readonly streamScratch?: string;
  readonly seeds?: string;
  readonly seconds?: number;
  readonly mode?: string;
  readonly backend?: string;
  readonly threads?: number;
  readonly checkpointEvery?: number;
  readonly output?: string;
  readonly workers?: number;
  readonly fresh?: boolean;
}

/** Adds the flags of {@link PlanFlags}. */
export function withPlanFlags(command: Command): Command {
  return command
    .option('--learner <id>', 'a learner to run; repeat for several', collect)
    .option('--option <key=value>', 'an option of the learners, JSON or text; repeat for several', collect)
    .option('--distribution <id>', 'where tasks come from')
    .option('--distribution-option <key=value>', 'an option of the distribution; repeat for several', collect)
    .option('--ways <n>', 'classes in an episode', wholeNumber)
    .option('--shots <k>', 'support items per class', wholeNumber)
    .option('--updates <n>', 'outer updates', wholeNumber)
    .option('--tasks-per-update <n>', 'tasks per outer update', wholeNumber)
    .option('--validate-every <n>', 'validate every so many updates and keep the best', wholeNumber)
    .option('--episodes <n>', 'test episodes, the same for every learner', wholeNumber)
    .option('--tasks <n>', 'test tasks of control learners, one trial each', wholeNumber)
    .option('--environment-steps <n>', 'limit of control training per learner and seed', wholeNumber)
    .option('--validate-every-steps <n>', 'validate every so many environment steps', wholeNumber)
    .option('--exploration <n>', 'episodes of a control task that do not count, first', wholeNumber)
    .option('--execution <n>', 'episodes of a control task that count', wholeNumber)
    .option('--reference <name>', 'a reference policy to run too, e.g. oracle; repeat for several', collect)
    .option('--items <n>', 'test items of each joint task at most', wholeNumber)
    .option('--validate-items <n>', 'validation items of each joint task at most', wholeNumber)
    .option('--joint-batch-size <n>', 'items of each joint task per update', wholeNumber)
    .option('--joint-tasks-per-batch <n>', 'joint tasks drawn per update', wholeNumber)
    .option('--joint-sampling <how>', 'uniform, proportional, or a power of the number of items')
    .option('--joint-metric <name>', 'what ranks joint learners')
    .option('--joint-independent <name>', 'the learner without sharing, against which transfer is measured')
    .option('--lifetimes <n>', 'lifetimes of a stream that every learner lives', wholeNumber)
    .option('--validate-lifetimes <n>', 'lifetimes per validation of a meta-training on streams', wholeNumber)
    .option('--stream-metric <name>', 'what ranks learners of streams')
    .option(
      '--stream-scratch <name>',
      'the learner that starts anew with every task, against which gains are measured',
    )
    .option('--seeds <list>', 'seeds, e.g. 0,1,2')
    .option('--seconds <n>', 'limit of meta-training per learner and seed', decimalNumber)
    .option('--mode <mode>', 'auto, compiled or eager')
    .option('--backend <name>', 'TensorFlow.js backend for eager runs')
    .option('--threads <n>', 'threads of the engine', wholeNumber)
    .option('--checkpoint-every <n>', 'updates between checkpoints', wholeNumber)
    .option('--output <folder>', 'run folder; running the same command again resumes what is in it')
    .option(
      '--workers <n>',
      'child processes that share the work; 0 runs in this process (default 0, 2 for several seeds)',
      wholeNumber,
    )
    .option('--fresh', 'start anew, deleting what an earlier run left in the folder');
}

type Members = { [key: string]: unknown };

/** Members whose flag was given. */
function given(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function learnersOf(flags: PlanFlags, planned: unknown): unknown {
  const options = parseOptions(flags.option ?? []);
  const learners = (flags.learner ?? (Array.isArray(planned) ? planned : undefined)) as
    | (string | Members)[]
    | undefined;
  if (learners === undefined || Object.keys(options).length === 0) return learners ?? planned;
  return learners.map((learner) => {
    const own = typeof learner === 'string' ? { id: learner } : learner;
    return { ...own, options: { ...(own.options as PlanOptions | undefined), ...options } };
  });
}

function distributionOf(flags: PlanFlags, planned: unknown): unknown {
  const { ways, shots } = flags;
  const options = { ...given({ ways, shots }), ...parseOptions(flags.distributionOption ?? []) } as Record<
    string,
    Json
  >;
  const base = flags.distribution ?? planned;
  if (Object.keys(options).length === 0 || base === undefined) return base;
  const own = typeof base === 'string' ? { id: base } : (base as Members);
  return { ...own, options: { ...(own.options as PlanOptions | undefined), ...options } };
}

function nested(planned: unknown, own: Members): Members | undefined {
  const members = given(own);
  if (Object.keys(members).length === 0) return undefined;
  return { ...(planned as Members | undefined), ...members };
}

function validationOf(
  { validateEvery, validateEverySteps, validateItems: items, validateLifetimes: lifetimes }: PlanFlags,
  planned: unknown,
): Members | undefined {
  return validateEverySteps === undefined
    ? nested(planned, { every: validateEvery, items, lifetimes })
    : nested(planned, { every: validateEverySteps, unit: 'environmentSteps', items, lifetimes });
}

/** Members of `joint`; a number as sampling is the power. */
function jointOf(flags: PlanFlags, planned: unknown): Members | undefined {
  const power = flags.jointSampling === undefined ? Number.NaN : Number(flags.jointSampling);
  return nested(planned, {
    batchSize: flags.jointBatchSize,
    tasksPerBatch: flags.jointTasksPerBatch,
    sampling: Number.isNaN(power) ? flags.jointSampling : { power },
    metric: flags.jointMetric,
    independent: flags.jointIndependent,
  });
}

/**
 * The plan of a command: that of its file, with what the flags change.
 *
 * @param fallbackName - of the run where neither says.
 * @throws `INVALID_PLAN`, `INVALID_OPTION`.
 */
export function planFromFlags(
  flags: PlanFlags,
  file: PlanFile | undefined,
  fallbackName: string,
): ResolvedPlan {
  const base = (file?.value ?? {}) as Members;
  if (file !== undefined && (typeof base !== 'object' || base === null)) return parsePlan(base);
  const { updates, tasksPerUpdate, checkpointEvery, output } = flags;
  const plan = {
    ...base,
    ...given({
      learners: learnersOf(flags, base.learners),
      distribution: distributionOf(flags, base.distribution),
      updates,
      tasksPerUpdate,
      checkpointEvery,
      output,
      seeds: flags.seeds?.split(',').map((seed) => wholeNumber(seed.trim())),
      validation: validationOf(flags, base.validation),
      test: nested(base.test, { episodes: flags.episodes, tasks: flags.tasks, items: flags.items }),
      joint: jointOf(flags, base.joint),
      stream: nested(base.stream, {
        lifetimes: flags.lifetimes,
        metric: flags.streamMetric,
        scratch: flags.streamScratch,
      }),
      budget: nested(base.budget, { seconds: flags.seconds, environmentSteps: flags.environmentSteps }),
      trial: nested(base.trial, {
        explorationEpisodes: flags.exploration,
        executionEpisodes: flags.execution,
      }),
      references: flags.reference,
      execution: nested(base.execution, { mode: flags.mode, backend: flags.backend, threads: flags.threads }),
    }),
  };
  return parsePlan(plan, file?.name ?? fallbackName);
}
