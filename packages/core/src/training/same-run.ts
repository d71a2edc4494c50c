import { TasklearnError } from '../errors.js';
import type { Json } from '../registry/plugin.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { type TreeSpec, treeSpec } from '../tree/tree-spec.js';

/** What must be equal for a run to go on from a checkpoint, e.g. its seed. */
export type RunIdentity = { readonly [key: string]: Json };

/**
 * Refuses a checkpoint of another run.
 *
 * @param owner - who is asking, for the message, e.g. `metaTrain`.
 * @param expected - what this run is.
 * @param saved - the checkpoint's metadata, which hold the same keys.
 * @throws `INVALID_OPTION` for the first key that differs.
 */
export function assertSameRun(owner: string, expected: RunIdentity, saved: RunIdentity): void {
  for (const [key, value] of Object.entries(expected))
    if (JSON.stringify(saved[key]) !== JSON.stringify(value)) throw otherRun(owner, key, value, saved[key]);
}

/** Refuses a tree of other structure or shapes. @throws `INVALID_OPTION`. */
export function assertSameShapes(
  owner: string,
  part: string,
  expected: TreeSpec,
  received: Tree<HostTensor>,
): void {
  const shapes = ({ leaves }: TreeSpec) => leaves.map(({ path, shape }) => `${path} [${shape}]`).join(', ');
  const found = shapes(treeSpec(received));
  if (shapes(expected) !== found) throw otherRun(owner, part, shapes(expected), found);
}

/** The error for a store that holds something else. */
export function notACheckpoint(owner: string, expected: string, received: Json | undefined): TasklearnError {
  return new TasklearnError(
    'CORRUPT_FILE',
    `${owner}: the store holds no checkpoint of '${expected}', but '${received}'. Use another store, or empty it.`,
    { expected, received },
  );
}

function otherRun(owner: string, key: string, expected: Json, received: Json | undefined): TasklearnError {
  return new TasklearnError(
    'INVALID_OPTION',
    `${owner}: the checkpoint is of another run: \`${key}\` is ${JSON.stringify(received)} there and ` +
      `${JSON.stringify(expected)} here. Use another store, or empty it.`,
    { key, expected, received },
  );
}
