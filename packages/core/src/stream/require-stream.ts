import { TasklearnError } from '../errors.js';
import type { StreamNeeds, StreamSpec } from './stream-learner.js';

function refused(owner: string, rule: string, expected: unknown, received: unknown): TasklearnError {
  return new TasklearnError('UNSUPPORTED_TASK', `${owner} ${rule}`, { expected, received });
}

/**
 * Refuses a stream that grants a learner less than it needs.
 *
 * @param owner - who is refused, for the message.
 * @throws `UNSUPPORTED_TASK` with the first need that is not met.
 */
export function requireStream(
  needs: StreamNeeds,
  spec: StreamSpec,
  owner = 'requireStream: the learner',
): void {
  if (needs.taskLabels !== false && !spec.boundariesKnown) {
    const rule =
      'must be told which task an input belongs to, and this stream does not tell. Choose a learner that infers it.';
    throw refused(owner, rule, 'boundariesKnown', spec.boundariesKnown);
  }
  if (needs.taskLabels === true && spec.taskLabels === 'learning') {
    const rule =
      'must be told the task of what it predicts, and this stream tells it only while it learns. Choose another scenario.';
    throw refused(owner, rule, 'always', spec.taskLabels);
  }
  if (needs.storage > spec.storage) {
    const rule = `keeps up to ${needs.storage} items, and this stream allows ${spec.storage}. Give it a smaller memory.`;
    throw refused(owner, rule, spec.storage, needs.storage);
  }
  const { gradientsPerItem: allowed = Number.POSITIVE_INFINITY } = spec;
  if (needs.gradientsPerItem !== undefined && needs.gradientsPerItem > allowed) {
    const rule = `evaluates up to ${needs.gradientsPerItem} gradients per item, and this stream allows ${allowed}. Give it fewer iterations, or less to replay.`;
    throw refused(owner, rule, allowed, needs.gradientsPerItem);
  }
}
