import type { HostTensor, Tree } from '../tree/tree.js';

/** The first event. */
export type StartedEvent = {
  readonly kind: 'started';
  /** Updates already made: 0, or where the checkpoint left off. */
  readonly update: number;
  readonly resumed: boolean;
  /** Number of meta-parameters, P. */
  readonly parameters: number;
};

/** After every `logEvery` updates. */
export type UpdateEvent = {
  readonly kind: 'update';
  /** Updates made, counting this one. */
  readonly update: number;
  /** The outer loss before this update; absent for a learner that gives a gradient and reports no loss. */
  readonly loss?: number;
  /** `gradientNorm`, the Euclidean norm of the outer gradient, and the learner's own. */
  readonly metrics: Readonly<Record<string, number>>;
};

/** After each validation. */
export type ValidationEvent = {
  readonly kind: 'validation';
  readonly update: number;
  readonly metric: 'accuracy' | 'squaredError';
  /** Mean over the validation episodes. */
  readonly score: number;
  /** Mean of −log p(y | x, φ) over the validation episodes, nats. */
  readonly loss: number;
  /** Whether θ is the best so far, by accuracy or squared error, and is kept. */
  readonly best: boolean;
};

/** After state was saved. */
export type CheckpointEvent = { readonly kind: 'checkpoint'; readonly update: number };

/** Just before `NOT_FINITE` is thrown. Nothing broken was or will be saved. */
export type DivergedEvent = {
  readonly kind: 'diverged';
  /** The update that failed, counted from 1. */
  readonly update: number;
  /** `loss`, `gradientNorm` or `theta`. */
  readonly quantity: string;
  readonly value: number;
  /** θ before that update; absent where θ itself is what is broken. */
  readonly theta?: Tree<HostTensor>;
};

/** The last event of a run that was stopped by its signal. */
export type StoppedEvent = {
  readonly kind: 'stopped';
  readonly update: number;
  readonly theta: Tree<HostTensor>;
};

/** The last event of a run that made all its updates. */
export type FinishedEvent = {
  readonly kind: 'finished';
  readonly update: number;
  /** θ: the best on validation episodes, or the last where there was no validation. */
  readonly theta: Tree<HostTensor>;
  /** θ after the last update. */
  readonly last: Tree<HostTensor>;
  /** When the best θ was found and what its score was. */
  readonly best?: { readonly update: number; readonly score: number };
};

/** Progress of {@link metaTrain}, told apart by `kind`. */
export type TrainingEvent =
  | StartedEvent
  | UpdateEvent
  | ValidationEvent
  | CheckpointEvent
  | DivergedEvent
  | StoppedEvent
  | FinishedEvent;
