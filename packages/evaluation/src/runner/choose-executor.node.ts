import { type Executor, eagerExecutor, TasklearnError } from '@tasklearn/core';
import { type BackendName, chooseBackend, compiledExecutor, findEngine } from '@tasklearn/runtime';
import type { ResolvedPlan } from '../plan/plan.js';

/**
 * Chooses how learners are run, and the TensorFlow.js backend of this process.
 *
 * `auto` compiles where an engine is installed and runs eagerly else; `compiled` and `eager` are never exchanged for one
 * another.
 *
 * @param execution - of the plan.
 * @param onNotice - told in words when something runs otherwise than one would expect.
 * @throws `BACKEND_UNAVAILABLE` for a backend or an engine that was asked for and is not there.
 */
export async function chooseExecutor(
  execution: ResolvedPlan['execution'],
  onNotice: (message: string) => void = () => undefined,
): Promise<Executor> {
  const { mode, backend, threads } = execution;
  await chooseBackend(backend as BackendName | 'auto');
  if (mode === 'eager') return eagerExecutor();
  try {
    await findEngine('auto');
  } catch (error) {
    if (mode === 'compiled' || !TasklearnError.is(error, 'BACKEND_UNAVAILABLE')) throw error;
    onNotice(`Learners run eagerly: ${error.message}`);
    return eagerExecutor();
  }
  return compiledExecutor({
    fallback: mode === 'compiled' ? 'error' : 'eager',
    onFallback: ({ message }) => onNotice(message),
    ...(threads === undefined ? {} : { threads }),
  });
}
