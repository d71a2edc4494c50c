import { type Capabilities, type EpisodeSpec, TasklearnError } from '@tasklearn/core';

function unsupported(learner: string, rule: string, expected: unknown, received: unknown): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', `Learner '${learner}' ${rule}`, {
    learner,
    expected,
    received,
  });
}

/**
 * Refuses few-shot tasks that a learner declares it cannot learn.
 *
 * @param name - the learner's, for the message.
 * @throws `UNSUPPORTED_TASK`.
 */
export function checkCapabilities(
  name: string,
  can: Capabilities,
  train: EpisodeSpec,
  test: EpisodeSpec,
): void {
  const { kind } = test.target;
  if (!can.targets.includes(kind)) {
    const rule = `learns ${can.targets.join(' and ')} tasks, and these are ${kind} tasks. Choose another learner or distribution.`;
    throw unsupported(name, rule, can.targets, kind);
  }
  if (!can.variableWays && train.ways !== test.ways) {
    const rule = `is tested with as many classes as in meta-training only: ${train.ways} ways there, ${test.ways} here. Make them equal.`;
    throw unsupported(name, rule, train.ways, test.ways);
  }
  if (!can.variableShots && train.shots !== test.shots) {
    const rule = `is tested with as many support items as in meta-training only: ${train.shots} shots there, ${test.shots} here. Make them equal.`;
    throw unsupported(name, rule, train.shots, test.shots);
  }
}
