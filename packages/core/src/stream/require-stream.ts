import { TasklearnError } from '../errors.js';
import type { StreamNeeds, StreamSpec } from './stream-learner.js';

function refused(rule: string, expected: unknown, received: unknown): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', `runStream: ${rule}`, { expected, received });
}

/**
 * Refuses a stream that grants a learner less than it needs.
 *
 * @throws `UNSUPPORTED_TASK` with the first need that is not met.
 */
export function requireStream(needs: StreamNeeds, spec: StreamSpec): void {
  if (needs.taskLabels !== false && !spec.boundariesKnown) {
    const rule =
      'the learner must be told which task an input belongs to, and this stream does not tell. Choose a learner that infers it.';
    throw refused(rule, 'boundariesKnown', spec.boundariesKnown);
  }
  if (needs.taskLabels === true && spec.taskLabels === 'learning') {
    const rule =
      'the learner must be told the task of what it predicts, and this stream tells it only while it learns. Choose another scenario.';
    throw refused(rule, 'always', spec.taskLabels);
  }
  if (needs.storage > spec.storage) {
    const rule = `the learner keeps up to ${needs.storage} items, and this stream allows ${spec.storage}. Give it a smaller memory.`;
    throw refused(rule, spec.storage, needs.storage);
  }
}
