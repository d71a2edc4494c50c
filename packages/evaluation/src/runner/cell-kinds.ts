import { type Learner, TasklearnError } from '@tasklearn/core';
import type { CellKind } from './cell-kind.js';
import { controlCells } from './control/control-cells.js';
import { episodicCells } from './episodic/episodic-cells.js';
import { jointCells } from './joint/joint-cells.js';
import { streamCells } from './stream/stream-cells.js';

/** The kinds of learner that this runner runs. */
const cellKinds: readonly CellKind[] = [episodicCells, controlCells, jointCells, streamCells];

/**
 * How learners of a kind are run.
 *
 * @param id - of the distribution that is of the kind, for the message.
 * @throws `UNSUPPORTED_TASK` for a kind that this runner does not run.
 */
export function cellKindOf(kind: Learner['kind'], id: string): CellKind {
  const found = cellKinds.find((each) => each.kind === kind);
  if (found !== undefined) return found;
  const known = cellKinds.map((each) => each.kind).join(' and ');
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `'${id}' is of kind '${kind}', and this runner runs ${known} learners. Is @tasklearn/evaluation up to date?`,
    { id, received: kind },
  );
}
