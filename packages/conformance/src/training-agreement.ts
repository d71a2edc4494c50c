import { type CheckpointStore, type HostTensor, memoryCheckpointStore, type Tree } from '@tasklearn/core';
import { demandIdentical } from './compare.js';

/** What a short training came to. */
export interface ShortTraining {
  /** Its last parameters. */
  readonly theta: Tree<HostTensor>;
  /** The numbers of each update. */
  readonly reports: readonly Tree<HostTensor>[];
}

/** A learner whose trainings are compared. */
export interface TrainingSubject<Trained extends ShortTraining> {
  /** For messages. */
  readonly id: string;
  /** For messages: `training` or `meta-training`. */
  readonly what: string;
  /** For messages: what the numbers of an update are. */
  readonly told: string;
  /** Updates of a whole training. */
  readonly updates: number;
  /** Trains a new instance, `updates` in all, from the state in the store where there is one. */
  train(given?: { readonly updates: number; readonly store: CheckpointStore }): Promise<Trained>;
}

/** Two trainings from the same seed make the same numbers. */
export async function demandSameTraining<Trained extends ShortTraining>({
  id,
  what,
  told,
  train,
}: TrainingSubject<Trained>): Promise<void> {
  const [first, second] = [await train(), await train()];
  const both = `${id}: two ${what}s from the same seed`;
  demandIdentical(`${both}, ${told}`, first.reports, second.reports);
  demandIdentical(`${both}, parameters`, first.theta, second.theta);
}

/**
 * A run that stops after each update and is taken up by a new instance makes the numbers of one that does not.
 *
 * @returns the run in one piece, the last of those resumed, and both in words.
 */
export async function demandResumable<Trained extends ShortTraining>({
  id,
  what,
  told,
  updates: all,
  train,
}: TrainingSubject<Trained>): Promise<{
  readonly whole: Trained;
  readonly last: Trained;
  readonly both: string;
}> {
  const whole = await train();
  const store = memoryCheckpointStore();
  const reports: Tree<HostTensor>[] = [];
  let last = whole;
  for (let updates = 1; updates <= all; updates += 1) {
    last = await train({ updates, store });
    reports.push(...last.reports);
  }
  const both = `${id}: a ${what} in one piece and one resumed after each update`;
  demandIdentical(`${both}, ${told}`, whole.reports, reports);
  demandIdentical(`${both}, parameters`, whole.theta, last.theta);
  return { whole, last, both };
}
