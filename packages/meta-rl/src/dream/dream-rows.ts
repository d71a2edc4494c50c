import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { StepEncoding } from '../networks/step-encoding.js';
import type { TrialBatch } from '../trials/trial-batch.js';
import { inputsOfTrials, trialInputSize } from '../trials/trial-inputs.js';

/** Where everything about one trial lies in a row of the replay buffer. */
export interface DreamLayout {
  readonly encoding: StepEncoding;
  /** Exploration steps of a trial at most, X, and execution steps, H. */
  readonly explorationSteps: number;
  readonly executionSteps: number;
  /** Numbers of each field of a row, in order. */
  readonly fields: Readonly<Record<DreamField, number>>;
}

/** Parts of a row. */
export type DreamField =
  | 'problem'
  | 'inputs'
  | 'explored'
  | 'exploredMask'
  | 'exploredLast'
  | 'observation'
  | 'executed'
  | 'reward'
  | 'discount'
  | 'executedMask'
  | 'next';

/** The layout for trials of at most so many steps. */
export function dreamLayout(
  encoding: StepEncoding,
  explorationSteps: number,
  executionSteps: number,
): DreamLayout {
  const O = encoding.observationSize;
  const fields = {
    problem: 1,
    inputs: (explorationSteps + 1) * trialInputSize(encoding),
    explored: explorationSteps,
    exploredMask: explorationSteps,
    exploredLast: explorationSteps,
    observation: executionSteps * O,
    executed: executionSteps,
    reward: executionSteps,
    discount: executionSteps,
    executedMask: executionSteps,
    next: executionSteps * O,
  };
  return { encoding, explorationSteps, executionSteps, fields };
}

/**
 * Fields of the replay buffer from what was collected: one row per trial.
 *
 * @param problems - which training task each trial is of.
 */
export function dreamFields(
  { encoding, explorationSteps: X }: DreamLayout,
  exploration: TrialBatch,
  execution: TrialBatch,
  problems: readonly number[],
): Record<DreamField, Float32Array> {
  const exploredLast = new Float32Array(exploration.copies * X);
  for (let copy = 0; copy < exploration.copies; copy += 1)
    exploredLast[copy * X + (exploration.lengths[copy] as number) - 1] = 1;
  return {
    problem: Float32Array.from(problems),
    inputs: inputsOfTrials(encoding, exploration, true),
    explored: exploration.action,
    exploredMask: exploration.mask,
    exploredLast,
    observation: execution.observation,
    executed: execution.action,
    reward: execution.reward,
    discount: execution.discount,
    executedMask: execution.mask,
    next: execution.next,
  };
}

/** The fields of a batch of rows [B, F], each [B, ...]. Recordable. */
export function unpackDreamRows(rows: Tensor, layout: DreamLayout): Record<DreamField, Tensor> {
  const trials = rows.shape[0] as number;
  const O = layout.encoding.observationSize;
  let offset = 0;
  const entries = Object.entries(layout.fields).map(([name, size]) => {
    const part = tf.slice(rows, [0, offset], [trials, size]);
    offset += size;
    if (name === 'inputs') return [name, part.reshape([trials, layout.explorationSteps + 1, -1])] as const;
    if (name === 'observation' || name === 'next') return [name, part.reshape([trials, -1, O])] as const;
    if (name === 'problem') return [name, part.reshape([trials]).cast('int32')] as const;
    return [name, part] as const;
  });
  return Object.fromEntries(entries) as Record<DreamField, Tensor>;
}
