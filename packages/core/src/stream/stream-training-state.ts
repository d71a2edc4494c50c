import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { decodeCheckpoint } from '../checkpoint/decode-checkpoint.js';
import { encodeCheckpoint } from '../checkpoint/encode-checkpoint.js';
import type { Json } from '../registry/plugin.js';
import { assertSameRun, notACheckpoint, type RunIdentity } from '../training/same-run.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type { TrainStreamOptions } from './train-stream-options.js';

/** What the loop of meta-training on lifetimes itself remembers; the rest is the learner's. */
export type StreamTrainingState = {
  /** Updates made. */
  readonly update: number;
  /** The best parameters on validation lifetimes so far. */
  readonly best?: {
    readonly update: number;
    readonly score: number;
    readonly parameters: Tree<HostTensor>;
  };
};

const OWNER = 'trainStream';
const FORMAT = 'tasklearn stream training 1';

/** State as the bytes of a checkpoint: the learner's tensors under `training/`, the best parameters under `best/`. */
export function encodeStreamState(
  { update, best }: StreamTrainingState,
  learner: Checkpoint,
  options: TrainStreamOptions,
): Uint8Array {
  return encodeCheckpoint({
    tensors: { training: learner.tensors, ...(best === undefined ? {} : { best: best.parameters }) },
    metadata: {
      format: FORMAT,
      update,
      ...runOf(options),
      best: best === undefined ? null : { update: best.update, score: best.score },
      training: learner.metadata,
    },
  });
}

/**
 * The inverse of {@link encodeStreamState}.
 *
 * @throws `CORRUPT_FILE` for bytes that are no checkpoint of such a training, `INVALID_OPTION` for one of another run.
 */
export function decodeStreamState(
  bytes: Uint8Array,
  options: TrainStreamOptions,
): { readonly state: StreamTrainingState; readonly learner: Checkpoint } {
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const { training = {}, best } = tensors as { [part: string]: Tree<HostTensor> | undefined };
  const saved = metadata as { [key: string]: Json };
  if (saved?.format !== FORMAT) throw notACheckpoint(OWNER, FORMAT, saved?.format);
  assertSameRun(OWNER, runOf(options), saved);
  const found = saved.best as { update: number; score: number } | null;
  return {
    state: {
      update: saved.update as number,
      ...(best === undefined || found === null ? {} : { best: { ...found, parameters: best } }),
    },
    learner: { tensors: training, metadata: saved.training as Json },
  };
}

/** What must be equal for a run to go on from a checkpoint. */
function runOf({ seed, identity = null }: TrainStreamOptions): RunIdentity {
  return { seed, identity };
}
