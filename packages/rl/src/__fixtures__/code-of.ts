import { TasklearnError } from '@tasklearn/core';

/** Code of the error that a call throws, or `none`. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return TasklearnError.is(error) ? error.code : String(error);
  }
  return 'none';
}
