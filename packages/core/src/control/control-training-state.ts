import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { decodeCheckpoint } from '../checkpoint/decode-checkpoint.js';
import { encodeCheckpoint } from '../checkpoint/encode-checkpoint.js';
import type { Json } from '../registry/plugin.js';
import { assertSameRun, notACheckpoint, type RunIdentity } from '../training/same-run.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type { TrainControlOptions } from './train-control-options.js';

/** What the loop of control training itself remembers; the rest is the learner's. */
export type ControlTrainingState = {
  /** Updates made. */
  readonly update: number;
  readonly environmentSteps: number;
  /** Seconds spent in updates. */
  readonly seconds: number;
  /** The best parameters on validation tasks so far. */
  readonly best?: {
    readonly update: number;
    readonly score: number;
    readonly parameters: Tree<HostTensor>;
  };
};

const OWNER = 'trainControl';
const FORMAT = 'tasklearn control training 1';

/** State as the bytes of a checkpoint: the learner's tensors under `training/`, the best parameters under `best/`. */
export function encodeControlState(
  { best, ...numbers }: ControlTrainingState,
  learner: Checkpoint,
  options: TrainControlOptions,
): Uint8Array {
  return encodeCheckpoint({
    tensors: { training: learner.tensors, ...(best === undefined ? {} : { best: best.parameters }) },
    metadata: {
      format: FORMAT,
      ...numbers,
      ...runOf(options),
      best: best === undefined ? null : { update: best.update, score: best.score },
      training: learner.metadata,
    },
  });
}

/**
 * The inverse of {@link encodeControlState}.
 *
 * @throws `CORRUPT_FILE` for bytes that are no checkpoint of a control training, `INVALID_OPTION` for one of another run.
 */
export function decodeControlState(
  bytes: Uint8Array,
  options: TrainControlOptions,
): { readonly state: ControlTrainingState; readonly learner: Checkpoint } {
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const { training, best } = tensors as { [part: string]: Tree<HostTensor> | undefined };
  const saved = metadata as { [key: string]: Json };
  if (saved?.format !== FORMAT || training === undefined) throw notACheckpoint(OWNER, FORMAT, saved?.format);
  assertSameRun(OWNER, runOf(options), saved);
  const { update, environmentSteps, seconds } = saved as Record<
    'update' | 'environmentSteps' | 'seconds',
    number
  >;
  const found = saved.best as { update: number; score: number } | null;
  return {
    state: {
      update,
      environmentSteps,
      seconds,
      ...(best === undefined || found === null ? {} : { best: { ...found, parameters: best } }),
    },
    learner: { tensors: training, metadata: saved.training as Json },
  };
}

/** What must be equal for a run to go on from a checkpoint. */
function runOf({ seed, distribution, trial, identity = null }: TrainControlOptions): RunIdentity {
  const { explorationEpisodes, executionEpisodes } = trial ?? distribution.trial;
  return { seed, trial: { explorationEpisodes, executionEpisodes }, identity };
}
