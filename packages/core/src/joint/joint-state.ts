import { decodeCheckpoint } from '../checkpoint/decode-checkpoint.js';
import { encodeCheckpoint } from '../checkpoint/encode-checkpoint.js';
import type { Rng } from '../randomness/rng.js';
import type { Json } from '../registry/plugin.js';
import { assertSameRun, assertSameShapes, notACheckpoint, type RunIdentity } from '../training/same-run.js';
import { hostedOnce } from '../tree/hosted-once.js';
import { packHostTree, unpackHostTree } from '../tree/pack-host-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import { type TreeSpec, treeSpec } from '../tree/tree-spec.js';
import type { TrainJointOptions } from './train-joint-options.js';

/** Everything that an update reads and changes, on the host. */
export type JointState = {
  /** Updates made. */
  readonly update: number;
  /** θ, [P]. */
  readonly theta: HostTensor;
  readonly thetaSpec: TreeSpec;
  readonly optimizer: Tree<HostTensor>;
  readonly combination: Tree<HostTensor>;
  /** The best θ on the validation split so far, [P]. */
  readonly best?: { readonly update: number; readonly score: number; readonly theta: HostTensor };
};

const OWNER = 'trainJoint';
const FORMAT = 'tasklearn joint training 1';

/** State before the first update. */
export async function initialJointState(
  { learner, distribution }: TrainJointOptions,
  rng: Rng,
): Promise<JointState> {
  const { spec } = distribution;
  const tree = (await hostedOnce(() => learner.init(spec, rng.split('init')))) as {
    readonly shared: Tree<HostTensor>;
  };
  const { vector: theta, spec: thetaSpec } = packHostTree(tree as unknown as Tree<HostTensor>);
  const optimizer = await hostedOnce(() => learner.optimizer.init(thetaSpec.size));
  const shared = treeSpec(tree.shared).size;
  const combination = await hostedOnce(() => learner.combination.init(spec.tasks.length, shared));
  return { update: 0, theta, thetaSpec, optimizer, combination };
}

/** State as the bytes of a checkpoint. */
export function encodeJointState(state: JointState, options: TrainJointOptions): Uint8Array {
  const { update, theta, thetaSpec, optimizer, combination, best } = state;
  return encodeCheckpoint({
    tensors: {
      theta: unpackHostTree(theta, thetaSpec),
      optimizer,
      combination,
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
 * The inverse of {@link encodeJointState}.
 *
 * @throws `CORRUPT_FILE` for bytes that are no checkpoint of joint training, `INVALID_OPTION` for one of another run.
 */
export function decodeJointState(
  bytes: Uint8Array,
  options: TrainJointOptions,
  initial: JointState,
): JointState {
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const { theta, best, ...states } = tensors as { [part: string]: Tree<HostTensor> | undefined };
  const { optimizer = {}, combination = {} } = states; // An empty tree leaves nothing in the file.
  const saved = metadata as { [key: string]: Json };
  if (saved?.format !== FORMAT || theta === undefined) throw notACheckpoint(OWNER, FORMAT, saved?.format);
  assertSameRun(OWNER, runOf(options), saved);
  assertSameShapes(OWNER, 'theta', initial.thetaSpec, theta);
  assertSameShapes(OWNER, 'optimizer', treeSpec(initial.optimizer), optimizer);
  assertSameShapes(OWNER, 'combination', treeSpec(initial.combination), combination);
  const state = {
    update: saved.update as number,
    theta: packHostTree(theta).vector,
    thetaSpec: initial.thetaSpec,
    optimizer,
    combination,
  };
  if (best === undefined) return state;
  const found = saved.best as { update: number; score: number };
  return { ...state, best: { ...found, theta: packHostTree(best).vector } };
}

function runOf({ seed, batchSize, identity = null, ...rest }: TrainJointOptions): RunIdentity {
  const { tasksPerBatch = null, sampling = 'uniform' } = rest;
  return { seed, batchSize, tasksPerBatch, sampling, identity };
}
