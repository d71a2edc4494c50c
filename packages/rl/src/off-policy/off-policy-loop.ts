import {
  type HostTensor,
  type Rng,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type Tree,
} from '@tasklearn/core';
import type { FieldLayout } from '../replay/field-layout.js';
import type { ReplayBatch, ReplaySource } from '../replay/replay.js';
import type { Actor } from '../roll-outs/actor.js';
import type { CollectedStep } from './transition-collector.js';

/** The loop of off-policy training: how much is collected, how much is learned from it, and how. */
export type OffPolicyLoop = {
  /** T: training tasks met at once. */
  readonly tasks: number;
  /** Copies of each task that step at once. */
  readonly copies: number;
  /** Outer updates between new training tasks; 0 keeps the first ones. */
  readonly renewTasks: number;
  /** Whether each task has a sub-buffer of its own, and batches hold `batchSize` rows of each. */
  readonly perTask: boolean;
  /** Cycles of an outer update. */
  readonly cycles: number;
  /** Steps of every copy in a cycle. */
  readonly collectSteps: number;
  /** Gradient steps in a cycle. */
  readonly gradientSteps: number;
  /** Gradient steps in one call: more cost less each, and more to compile. */
  readonly stepsPerCall: number;
  /** Rows of a minibatch, of each task where `perTask`. */
  readonly batchSize: number;
  /** Transitions kept, of each task where `perTask`. */
  readonly capacity: number;
  /** Environment steps, all copies counted, with random actions and without learning. */
  readonly warmUpSteps: number;
  /** Environment steps after which nothing more is collected: learning from a fixed set. 0: no limit. */
  readonly collectLimit: number;
  /** γ of n-step returns: the algorithm's. */
  readonly discount: number;
  /** n of n-step returns. */
  readonly nStep: number;
  /** α of prioritised replay; 0 draws uniformly. */
  readonly priorityExponent: number;
  /** β of its importance weights. */
  readonly priorityCorrection: number;
  /** Relabelling of goals in hindsight as rows are drawn. */
  readonly relabel: 'none' | 'final' | 'future' | 'episode' | 'random';
  /** k: relabelled steps per original one. */
  readonly relabelledPerOriginal: number;
  /** ε: probability of a random action, at the end of its decline. */
  readonly randomActions: number;
  /** ε at the start. */
  readonly firstRandomActions: number;
  /** Environment steps over which ε declines. */
  readonly randomActionsSteps: number;
  /** σ of Gaussian noise on continuous actions, in units of the reach. */
  readonly noise: number;
};

/** Complete defaults of {@link OffPolicyLoop}. */
export const offPolicyLoopDefaults: OffPolicyLoop = {
  tasks: 1,
  copies: 1,
  renewTasks: 0,
  perTask: false,
  cycles: 200,
  collectSteps: 1,
  gradientSteps: 1,
  stepsPerCall: 1,
  batchSize: 256,
  capacity: 100_000,
  warmUpSteps: 1000,
  collectLimit: 0,
  discount: 0.99,
  nStep: 1,
  priorityExponent: 0,
  priorityCorrection: 0.4,
  relabel: 'none',
  relabelledPerOriginal: 4,
  randomActions: 0,
  firstRandomActions: 0,
  randomActionsSteps: 0,
  noise: 0,
};

/** @throws `INVALID_OPTION` for a number out of range. */
export function requireLoop(owner: string, loop: OffPolicyLoop): void {
  for (const key of [
    'tasks',
    'copies',
    'cycles',
    'collectSteps',
    'gradientSteps',
    'stepsPerCall',
    'batchSize',
    'capacity',
    'nStep',
  ] as const)
    requireInteger(owner, loop, key);
  requireInteger(owner, loop, 'renewTasks', 0);
  requireInteger(owner, loop, 'warmUpSteps', 0);
  requireInteger(owner, loop, 'collectLimit', 0);
  for (const key of ['discount', 'priorityCorrection', 'randomActions', 'firstRandomActions'] as const)
    requireInRange(owner, loop, key, 0, 1);
  for (const key of ['priorityExponent', 'randomActionsSteps', 'noise'] as const)
    requireNonNegative(owner, loop, key);
  requirePositive(owner, loop, 'relabelledPerOriginal');
  requireOneOf(owner, loop, 'relabel', ['none', 'final', 'future', 'episode', 'random']);
}

/** How far a training has come. */
export interface LoopCounts {
  /** Outer updates made. */
  readonly update: number;
  /** Environment steps made, all copies counted. */
  readonly steps: number;
}

/** Where other learners put what is theirs into the loop. */
export interface OffPolicyHooks {
  /** z beside every observation, fixed within an episode: the algorithm's networks take a context of this size. */
  readonly context?: {
    /** Z. */
    readonly size: number;
    /** z of a copy whose episode begins, [Z]. */
    begin(copy: number, rng: Rng): ArrayLike<number>;
  };
  /** Episodes begin in the copies where `which` is 1, or in all. */
  begin?(which: Uint8Array | undefined): void;
  /** Decides in place of the learner, exploration included, whom it may ask. */
  decide?(learner: Actor, counts: LoopCounts): Actor;
  /** Numbers of further fields of a row, which `beforeStore` fills. */
  readonly fields?: Readonly<Record<string, number>>;
  /** Changes rows before they are kept, e.g. adds an intrinsic reward that stays as it is. */
  beforeStore?(step: CollectedStep, layout: FieldLayout): void;
  /** Changes drawn rows in place, e.g. puts in an intrinsic reward that is computed anew. */
  afterSample?(batch: ReplayBatch, layout: FieldLayout, rng: Rng): void | Promise<void>;
  /** After the gradient steps of a cycle: trains what else there is. Gives metrics. */
  afterCycle?(replay: ReplaySource, rng: Rng): Promise<Readonly<Record<string, number>>>;
  /** State of the hooks, part of the checkpoint. */
  save?(): Tree<HostTensor>;
  /** Goes on from what `save` gave. */
  restore?(saved: Tree<HostTensor>): void;
  /** Frees what the hooks hold. */
  dispose?(): void;
}
