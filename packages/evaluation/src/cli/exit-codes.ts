import { TasklearnError } from '@tasklearn/core';

/** What the command ends with. */
export const exitCodes = {
  success: 0,
  /** An error while working: files, data, backends. */
  failure: 1,
  /** What was asked for cannot be: a flag, a plan, an option or an id. */
  usage: 2,
  /** The comparison is done, and at least one learner diverged or broke off. */
  someFailed: 3,
  /** Stopped by Ctrl-C; the same command resumes. */
  interrupted: 130,
} as const;

const usage: readonly string[] = [
  'INVALID_PLAN',
  'INVALID_OPTION',
  'INVALID_PLUGIN',
  'NO_SUCH_LEARNER',
  'NO_SUCH_DISTRIBUTION',
  'UNSUPPORTED_TASK',
];

/**
 * Exit code for an error.
 *
 * @param error - anything thrown.
 */
export function exitCodeOf(error: unknown): number {
  return TasklearnError.is(error) && usage.includes(error.code) ? exitCodes.usage : exitCodes.failure;
}
