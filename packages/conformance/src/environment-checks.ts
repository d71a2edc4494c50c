import { type ControlDistribution, createRng, type Executor, eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { demandDrawings, demandReferencesAct } from './environment/reference-checks.js';
import { demandGoalLaw, demandRewardOffline, demandRewardRecordable } from './environment/reward-checks.js';
import { demandEpisodesEnd, demandShownFits } from './environment/spec-checks.js';
import {
  demandActionsChecked,
  demandActionsClipped,
  demandCopiesIndependent,
  demandForeignSnapshotsRefused,
  demandMasksHold,
  demandNothingGrows,
  demandResetNeeded,
  demandSeeded,
  demandSnapshotsExact,
} from './environment/stepping-checks.js';
import {
  demandTaskSplitsDisjoint,
  demandTasksPlain,
  demandTasksPure,
  demandTasksVary,
} from './environment/task-checks.js';
import type { EnvironmentSubject } from './environment/walk.js';

/** What {@link environmentChecks} may be told. */
export interface EnvironmentCheckOptions {
  /** Tasks that environments are made of; 3 unless told. */
  readonly tasks?: number;
  /** Copies of each; 2 unless told. */
  readonly copiesPerTask?: number;
  /** Steps that copies are driven for, in as many episodes as that takes; 60 unless told. */
  readonly steps?: number;
  /** Tasks of each split that are looked at; 32 unless told. */
  readonly tasksPerSplit?: number;
  /** Unless told, eager and compiled (which needs `onnxruntime-node`, or another engine of `@tasklearn/runtime`). */
  readonly executors?: readonly Executor[];
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of a distribution of control tasks and of its environments. Those of rewards, goals, references and drawings
 * are made where the distribution has such.
 *
 * @example
 * ```ts
 * import { environmentChecks, trivialControlDistribution } from '@tasklearn/conformance';
 *
 * const checks = environmentChecks(trivialControlDistribution());
 * for (const check of checks) await check.run();
 * checks[0]?.name; // => 'the same split, index and seed give the same task'
 * ```
 */
export function environmentChecks(
  distribution: ControlDistribution,
  options: EnvironmentCheckOptions = {},
): readonly Check[] {
  const { tasks = 3, copiesPerTask = 2, steps = 60, tasksPerSplit = 32 } = options;
  const rng = createRng('conformance').split('tasks');
  const subject: EnvironmentSubject = {
    distribution,
    tasks: Array.from({ length: tasks }, (_, index) => distribution.task('train', index, rng)),
    copiesPerTask,
    steps,
    tasksPerSplit,
  };
  const checks = [...taskChecks(subject), ...steppingChecks(subject), ...lawChecks(subject, options)];
  return withExpectedFailures(checks, options.expectedFailures);
}

function checkOf(name: string, run: () => void | Promise<void>): Check {
  return { name, run: async () => run() };
}

function taskChecks(subject: EnvironmentSubject): readonly Check[] {
  return [
    checkOf('the same split, index and seed give the same task', () => demandTasksPure(subject)),
    checkOf('tasks differ where they are said to', () => demandTasksVary(subject)),
    checkOf('tasks are plain data', () => demandTasksPlain(subject)),
    ...(subject.distribution.varies.length === 0
      ? [] // One task, which all splits share.
      : [checkOf('splits share no task', () => demandTaskSplitsDisjoint(subject))]),
  ];
}

function steppingChecks(subject: EnvironmentSubject): readonly Check[] {
  return [
    checkOf('what is shown fits the spec', () => demandShownFits(subject)),
    checkOf('the same seed gives the same episodes', () => demandSeeded(subject)),
    checkOf('many copies do what each does alone', () => demandCopiesIndependent(subject)),
    checkOf('masks leave the other copies as they are', () => demandMasksHold(subject)),
    checkOf('a snapshot brings back everything', () => demandSnapshotsExact(subject)),
    checkOf('a snapshot of another environment is refused', () => demandForeignSnapshotsRefused(subject)),
    checkOf('episodes terminate, or are truncated at the horizon', () => demandEpisodesEnd(subject)),
    checkOf('steps need a reset first', () => demandResetNeeded(subject)),
    checkOf('wrong actions are refused', () => demandActionsChecked(subject)),
    checkOf('actions are clipped to their limits', () => demandActionsClipped(subject)),
    checkOf('stepping makes nothing that stays', () => demandNothingGrows(subject)),
  ];
}

function lawChecks(subject: EnvironmentSubject, { executors }: EnvironmentCheckOptions): readonly Check[] {
  const { distribution } = subject;
  const { reward, recordableReward, references, draw, drawFrame, spec } = distribution;
  const { goal } = spec;
  const checks: (Check | false)[] = [
    reward !== undefined &&
      checkOf('rewards off-line are those of stepping', () => demandRewardOffline(subject)),
    recordableReward !== undefined &&
      checkOf('recordable rewards are those of stepping', () =>
        demandRewardRecordable(
          subject,
          executors ?? [eagerExecutor(), compiledExecutor({ fallback: 'error' })],
        ),
      ),
    goal !== undefined &&
      reward !== undefined &&
      checkOf('rewards are a law of goals achieved and desired', () => demandGoalLaw(subject, goal)),
    references !== undefined && checkOf('references act, oracles well', () => demandReferencesAct(subject)),
    (draw !== undefined || drawFrame !== undefined) &&
      checkOf('drawings stand by themselves', () => demandDrawings(subject)),
  ];
  return checks.filter((check) => check !== false);
}
