import { decodeCheckpoint } from '../checkpoint/decode-checkpoint.js';
import { encodeCheckpoint } from '../checkpoint/encode-checkpoint.js';
import type { Rng } from '../randomness/rng.js';
import type { Json } from '../registry/plugin.js';
import { assertSameRun, assertSameShapes, notACheckpoint, type RunIdentity } from '../training/same-run.js';
import { hostedOnce } from '../tree/hosted-once.js';
import { packHostTree, unpackHostTree } from '../tree/pack-host-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { type TreeSpec, treeSpec } from '../tree/tree-spec.js';
import type { MetaTrainOptions } from './meta-train-options.js';

/** Everything that an update reads and changes, on the host. */
export type MetaState = {
  /** Updates made. */
  readonly update: number;
  /** θ, [P]. */
  readonly theta: HostTensor;
  readonly thetaSpec: TreeSpec;
  readonly optimizer: Tree<HostTensor>;
  /** The best θ on validation episodes so far, [P]. */
  readonly best?: { readonly update: number; readonly score: number; readonly theta: HostTensor };
};

const OWNER = 'metaTrain';
const FORMAT = 'tasklearn meta-training 1';

/** State before the first update. */
export async function initialState(
  { learner, distribution }: MetaTrainOptions,
  rng: Rng,
): Promise<MetaState> {
  const tree = await hostedOnce(() => learner.init(distribution.spec, rng.split('init')));
  const { vector: theta, spec: thetaSpec } = packHostTree(tree);
  const optimizer = await hostedOnce(() => learner.optimizer?.init(thetaSpec.size) ?? {});
  return { update: 0, theta, thetaSpec, optimizer };
}

/** State as the bytes of a checkpoint: tensors under `theta/`, `optimizer/` and `best/`. */
export function encodeState(state: MetaState, options: MetaTrainOptions): Uint8Array {
  const { update, theta, thetaSpec, optimizer, best } = state;
  return encodeCheckpoint({
    tensors: {
      theta: unpackHostTree(theta, thetaSpec),
      optimizer,
      ...(best === undefined ? {} : { best: unpackHostTree(best.theta, thetaSpec) }),
    },
    metadata: {
      format: FORMAT,
      update,
      ...runOf(options),
      best: best === undefined ? null : { update: best.update, score: best.score },
    },
  });
}

/**
 * The inverse of {@link encodeState}.
 *
 * @param initial - state before the first update, to compare structures with.
 * @throws `CORRUPT_FILE` for bytes that are no checkpoint of a meta-training run, `INVALID_OPTION` for one of
 *   another run: other seed, tasks per update, identity or shapes.
 */
export function decodeState(bytes: Uint8Array, options: MetaTrainOptions, initial: MetaState): MetaState {
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const { theta, optimizer, best } = tensors as { [part: string]: Tree<HostTensor> | undefined };
  const saved = metadata as { [key: string]: Json };
  if (saved?.format !== FORMAT || theta === undefined || optimizer === undefined)
    throw notACheckpoint(OWNER, FORMAT, saved?.format);
  assertSameRun(OWNER, runOf(options), saved);
  assertSameShapes(OWNER, 'theta', initial.thetaSpec, theta);
  assertSameShapes(OWNER, 'optimizer', treeSpec(initial.optimizer), optimizer);
  const state = {
    update: saved.update as number,
    theta: packHostTree(theta).vector,
    thetaSpec: initial.thetaSpec,
    optimizer,
  };
  if (best === undefined) return state;
  const found = saved.best as { update: number; score: number };
  return { ...state, best: { ...found, theta: packHostTree(best).vector } };
}

/** What must be equal for a run to go on from a checkpoint. */
function runOf({ seed, tasksPerUpdate, identity = null }: MetaTrainOptions): RunIdentity {
  return { seed, tasksPerUpdate, identity };
}
