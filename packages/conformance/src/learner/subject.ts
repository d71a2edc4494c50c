import type {
  EpisodicDistribution,
  EpisodicLearner,
  EpisodicLearnerDescriptor,
  Executor,
} from '@tasklearn/core';

/** The learner under check, and what it is checked with. */
export type Subject = {
  /** For messages. */
  readonly id: string;
  readonly descriptor: EpisodicLearnerDescriptor;
  /** The options it is created with, over its defaults. */
  readonly options: object;
  /** Its `train` split is used. */
  readonly distribution: EpisodicDistribution;
  /** The first runs whatever needs no other. */
  readonly executors: readonly [Executor, ...Executor[]];
  /** A short meta-training. */
  readonly training: { readonly updates: number; readonly tasksPerUpdate: number };
  /** A new instance, with no memory of another. */
  create(): EpisodicLearner;
};

/** Tasks per batch, T: the fewest that can be mistaken for neither 1 nor a pair of classes. */
export const TASKS = 3;
