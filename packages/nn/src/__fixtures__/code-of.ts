import { TasklearnError } from '@tasklearn/core';

/** The code of the error that `fn` throws; what it threw, or a remark that it threw nothing, where that is not ours. */
export function codeOf(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return TasklearnError.is(error) ? error.code : error;
  }
  return 'nothing thrown';
}
