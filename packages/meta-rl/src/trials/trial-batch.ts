import type { ControlSpec, TimeSteps } from '@tasklearn/core';

/**
 * Trials on the host: the steps of each copy in a row, its episodes one after the other without gaps, padding at the
 * end. C copies, at most L steps each; row-major.
 */
export interface TrialBatch {
  readonly copies: number;
  /** L, room for steps per copy. */
  readonly length: number;
  /** Numbers in an observation, O. */
  readonly observationSize: number;
  /** Numbers in a stored action: A, or 1 for the index of a discrete one. */
  readonly actionSize: number;
  /** Steps recorded per copy, [C]. */
  readonly lengths: Int32Array;
  /** What the agent saw before it acted, [C, L, O]. */
  readonly observation: Float32Array;
  /** [C, L, A]. */
  readonly action: Float32Array;
  /** [C, L]. */
  readonly reward: Float32Array;
  /** What came of it, [C, L, O]. */
  readonly next: Float32Array;
  /** 0 where the step terminated its episode, else 1; [C, L]. */
  readonly discount: Float32Array;
  /** 1 where the step was the last of its episode, [C, L]. */
  readonly last: Float32Array;
  /** 1 for a recorded step, 0 for padding; [C, L]. */
  readonly mask: Float32Array;
  /** Which episode of the trial a step belongs to, [C, L]. */
  readonly episode: Float32Array;
  /** 1 where the step reached success, [C, L]. */
  readonly success: Float32Array;
}

/** An empty batch of `copies` trials of at most `length` steps. */
export function createTrialBatch(spec: ControlSpec, copies: number, length: number): TrialBatch {
  const observationSize = spec.observation.shape[0] ?? 1;
  const actionSize = spec.action.shape[0] ?? 1;
  const numbers = (size: number) => new Float32Array(copies * length * size);
  return {
    copies,
    length,
    observationSize,
    actionSize,
    lengths: new Int32Array(copies),
    observation: numbers(observationSize),
    action: numbers(actionSize),
    reward: numbers(1),
    next: numbers(observationSize),
    discount: numbers(1),
    last: numbers(1),
    mask: numbers(1),
    episode: numbers(1),
    success: numbers(1),
  };
}

/** Forgets what a batch holds: lengths and every number become 0. */
export function clearTrialBatch(batch: TrialBatch): void {
  for (const values of Object.values(batch)) if (ArrayBuffer.isView(values)) (values as Float32Array).fill(0);
}

/** A copy that can be added to without changing the original. */
export function copyTrialBatch(batch: TrialBatch): TrialBatch {
  const entries = Object.entries(batch).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? (value as Float32Array).slice() : value,
  ]);
  return Object.fromEntries(entries) as TrialBatch;
}

/**
 * Adds the step just made in the copies where `active` is 1.
 *
 * @param before - observations that the actions answered to, [C * O]; a copy, since environments overwrite theirs.
 * @param episode - which episode of the trial this is.
 */
export function addToTrialBatch(
  batch: TrialBatch,
  before: Float32Array,
  actions: Float32Array,
  steps: TimeSteps,
  active: Uint8Array,
  episode: number,
): void {
  const { observationSize: O, actionSize: A, lengths, length } = batch;
  for (let copy = 0; copy < batch.copies; copy += 1) {
    if (active[copy] !== 1) continue;
    const at = copy * length + (lengths[copy] as number);
    batch.observation.set(before.subarray(copy * O, (copy + 1) * O), at * O);
    batch.next.set(steps.observation.subarray(copy * O, (copy + 1) * O), at * O);
    batch.action.set(actions.subarray(copy * A, (copy + 1) * A), at * A);
    batch.reward[at] = steps.reward[copy] as number;
    batch.discount[at] = steps.discount[copy] as number;
    batch.last[at] = steps.stepType[copy] === 2 ? 1 : 0;
    batch.success[at] = steps.success[copy] as number;
    batch.episode[at] = episode;
    batch.mask[at] = 1;
    lengths[copy] = (lengths[copy] as number) + 1;
  }
}

/** What the episodes of a batch came to, averaged over copies. */
export interface TrialSummary {
  /** Mean return of each episode of the trial, in order. */
  readonly returns: readonly number[];
  /** Share of copies that reached success in each episode. */
  readonly success: readonly number[];
  /** Environment steps in the batch. */
  readonly steps: number;
}

/** Returns and successes by episode of the trial. */
export function summarizeTrials(batch: TrialBatch, episodes: number): TrialSummary {
  const returns = new Float64Array(episodes);
  const success = new Float64Array(episodes);
  let steps = 0;
  for (let copy = 0; copy < batch.copies; copy += 1) {
    const reached = new Uint8Array(episodes);
    for (let time = 0; time < (batch.lengths[copy] as number); time += 1) {
      const at = copy * batch.length + time;
      const episode = batch.episode[at] as number;
      returns[episode] = (returns[episode] as number) + (batch.reward[at] as number);
      if (batch.success[at] === 1) reached[episode] = 1;
      steps += 1;
    }
    reached.forEach((value, episode) => {
      success[episode] = (success[episode] as number) + value;
    });
  }
  const mean = (sums: Float64Array) => Array.from(sums, (sum) => sum / batch.copies);
  return { returns: mean(returns), success: mean(success), steps };
}
