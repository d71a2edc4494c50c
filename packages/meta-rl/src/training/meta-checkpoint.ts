import {
  type Checkpoint,
  type HostTensor,
  type Json,
  mapTree,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';

/** What a learner of this package saved. */
export interface SavedTraining<Tensors> {
  /** Updates made. */
  readonly updates: number;
  readonly tensors: Tensors;
}

/** A checkpoint of tensors (copied) with the number of updates made. */
export function writeCheckpoint(format: string, updates: number, tensors: object): Checkpoint {
  const copied = mapTree(
    tensors as Tree<HostTensor>,
    (leaf: HostTensor): HostTensor => ({ ...leaf, data: leaf.data.slice() }),
  );
  return { tensors: copied, metadata: { format, updates } };
}

/**
 * The inverse of {@link writeCheckpoint}.
 *
 * @throws `CORRUPT_FILE` for a checkpoint of something else.
 */
export function readCheckpoint<Tensors>(
  format: string,
  { tensors, metadata }: Checkpoint,
): SavedTraining<Tensors> {
  const saved = metadata as { readonly [key: string]: Json } | null;
  if (saved?.format === format && typeof saved.updates === 'number')
    return { updates: saved.updates, tensors: tensors as Tensors };
  throw new TasklearnError(
    'CORRUPT_FILE',
    `openTraining: expected a checkpoint of '${format}', got '${saved?.format}'. Open it with the learner that saved it.`,
    { expected: format, received: saved?.format },
  );
}
