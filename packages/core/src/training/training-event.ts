import type { HostTensor, Tree } from '../tree/tree.js';

/** The first event. */
export type StartedEvent = {
  readonly kind: 'started';
  /** Updates already made: 0, or where the checkpoint left off. */
  readonly update: number;
  readonly resumed: boolean;
  /** Numbers in θ, P: the meta-parameters, or what a control learner's agents need to act. */
  readonly parameters: number;
  /** Steps of environments already made, by control learners. */
  readonly environmentSteps?: number;
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
  /** Steps of environments made so far, by control learners. */
  readonly environmentSteps?: number;
};

/** After each validation. */
export type ValidationEvent = {
  readonly kind: 'validation';
  readonly update: number;
  /** What the score is; `return` for control learners, `loss` for joint ones. */
  readonly metric: 'accuracy' | 'squaredError' | 'return' | 'loss';
  /** Mean over the validation episodes; of control learners over the execution episodes of the validation trials. */
  readonly score: number;
  /** Mean of −log p(y | x, φ) over the validation episodes, nats; absent for control learners. */
  readonly loss?: number;
  /** Share of execution episodes that succeeded, where the environment has such a notion. */
  readonly success?: number;
  /** Steps of environments made so far in training, by control learners. */
  readonly environmentSteps?: number;
  /** Whether θ is the best so far, by the score, and is kept. */
  readonly best: boolean;
};

/** After state was saved. */
export type CheckpointEvent = { readonly kind: 'checkpoint'; readonly update: number };

/** Just before `NOT_FINITE` is thrown. Nothing broken was or will be saved. */
export type DivergedEvent = {
  readonly kind: 'diverged';
  /** The update that failed, counted from 1. */
  readonly update: number;
  /** `loss`, `gradientNorm` or `theta`; for control learners the name of a metric, or `theta`. */
  readonly quantity: string;
  readonly value: number;
  /** θ before that update; absent where θ itself is what is broken, and for control learners. */
  readonly theta?: Tree<HostTensor>;
};

/** The last event of a run that was stopped by its signal. */
export type StoppedEvent = {
  readonly kind: 'stopped';
  readonly update: number;
  /** θ after the last update. */
  readonly theta: Tree<HostTensor>;
  /** The best θ on validation episodes so far, where there was a validation. */
  readonly best?: { readonly update: number; readonly score: number; readonly theta: Tree<HostTensor> };
};

/** The last event of a run that made all its updates, or used up its budget. */
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

/** Progress of {@link metaTrain}, {@link trainControl} and {@link trainJoint}, told apart by `kind`. */
export type TrainingEvent =
  | StartedEvent
  | UpdateEvent
  | ValidationEvent
  | CheckpointEvent
  | DivergedEvent
  | StoppedEvent
  | FinishedEvent;
