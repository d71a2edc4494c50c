import {
  decodeCheckpoint,
  encodeCheckpoint,
  type HostTensor,
  type Json,
  TasklearnError,
  type Tree,
  type TrialProtocol,
} from '@tasklearn/core';
import type { PlanOptions } from '../plan/plan.js';
import type { CellIdentity } from './cell-kind.js';

/** A trained learner as it is kept in a file: θ and what is needed to use it. */
export interface LearnerFile {
  /** θ. */
  readonly theta: Tree<HostTensor>;
  /** Name in the plan. */
  readonly name: string;
  /** Full id. */
  readonly learner: string;
  readonly version: string;
  readonly options: PlanOptions;
  readonly testOptions: PlanOptions;
  /** Full id of the distribution it was trained on. */
  readonly distribution: string;
  /** Complete options of the distribution for meta-training. */
  readonly trainingOptions: PlanOptions;
  /** Complete options of the distribution it was meant to be tested on. */
  readonly distributionOptions: PlanOptions;
  readonly seed: number;
  /** Outer updates that made θ. */
  readonly update: number;
  /** The trial that a control learner was trained for. */
  readonly trial?: TrialProtocol;
}

const FORMAT = 'tasklearn learner 1';

/**
 * A trained learner as the bytes of a `.safetensors` file.
 *
 * @param prepared - the cell it was trained in.
 * @param theta - θ.
 * @param update - outer updates that made θ.
 * @param trial - of a control learner.
 */
export function encodeLearner(
  prepared: CellIdentity,
  theta: Tree<HostTensor>,
  update: number,
  trial?: TrialProtocol,
): Uint8Array {
  const { cell, learnerId, version, options, distributionId, distributionOptions } = prepared;
  return encodeCheckpoint({
    tensors: { theta },
    metadata: {
      format: FORMAT,
      name: cell.learner.name,
      learner: learnerId,
      version,
      options,
      testOptions: cell.learner.testOptions,
      distribution: distributionId,
      trainingOptions: distributionOptions.train,
      distributionOptions: distributionOptions.test,
      seed: cell.seed,
      update,
      ...(trial === undefined ? {} : { trial: { ...trial } }),
    },
  });
}

/**
 * The inverse of {@link encodeLearner}.
 *
 * @throws `CORRUPT_FILE` for anything but a whole file of a trained learner.
 */
export function decodeLearner(bytes: Uint8Array): LearnerFile {
  const { tensors, metadata } = decodeCheckpoint(bytes);
  const saved = metadata as { readonly [key: string]: Json } | null;
  if (saved?.format !== FORMAT) {
    throw new TasklearnError(
      'CORRUPT_FILE',
      `decodeLearner: expected a file of '${FORMAT}' (learner.safetensors of a run), got '${saved?.format}'.`,
      { expected: FORMAT, received: saved?.format },
    );
  }
  const { format: _, ...rest } = saved;
  const { theta = {} } = tensors as { readonly theta?: Tree<HostTensor> };
  return { theta, ...(rest as unknown as Omit<LearnerFile, 'theta'>) };
}
