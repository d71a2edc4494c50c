import type { Split } from './episode.js';
import type { Rng } from './randomness/rng.js';
import type { Varies } from './task-distribution.js';
import type { TensorSpec } from './tensor-spec.js';

/**
 * E environments stepping at once, with dm_env's semantics: arrays of length E (times the observation size),
 * owned by the environment and overwritten by the next call.
 */
export interface TimeSteps {
  /** 0 first, 1 mid, 2 last; [E]. */
  readonly stepType: Uint8Array;
  /** [E * observation size]. */
  readonly observation: Float32Array;
  /** Meaningless where `stepType` is first; [E]. */
  readonly reward: Float32Array;
  /** In [0, 1]; at last, 0 = terminated and > 0 = truncated; [E]. */
  readonly discount: Float32Array;
}

/** An environment of E copies. */
export interface Environment {
  readonly copies: number;
  readonly observationSpec: TensorSpec;
  readonly actionSpec: TensorSpec;
  /** Starts a new episode in every copy, or in those where `which` is 1. */
  reset(which?: Uint8Array): TimeSteps;
  /** @throws `RESET_NEEDED` if a copy's last step was its episode's last. */
  step(actions: Float32Array): TimeSteps;
  /** Exact state of all copies, to be restored by `restore`. */
  snapshot(): Uint8Array;
  /** Puts all copies back into exactly that state. */
  restore(snapshot: Uint8Array): void;
  /** Reward of transitions, off-line: for relabelling and planning. Absent where it is not a function of them. */
  reward?(observation: Float32Array, action: Float32Array, next: Float32Array): Float32Array;
  /** Frees all copies. Calling it twice is harmless. */
  dispose(): void;
}

/** One control task. */
export interface ControlTask {
  readonly id: string;
  readonly horizon: number;
  /** Set where the task is goal-conditioned. */
  readonly goal?: Float32Array;
  /** The environment of this task, E = copies. The caller disposes. */
  createEnvironment(copies: number, rng: Rng): Environment;
}

/** Control tasks; pure in (split, index, rng). */
export interface ControlDistribution {
  readonly kind: 'control';
  readonly id: string;
  readonly observationSpec: TensorSpec;
  readonly actionSpec: TensorSpec;
  readonly varies: readonly Varies[];
  /** The same task for the same split, index and key of `rng`. */
  task(split: Split, index: number, rng: Rng): ControlTask;
}

/** What a learner is lent for one task: it collects its own support data here. */
export interface ControlBudget {
  /** Episodes whose return does not count. */
  readonly explorationEpisodes: number;
  /** Episodes whose return counts. */
  readonly evaluationEpisodes: number;
}

/**
 * Goal-conditioned, meta- and model-based reinforcement learning. Task state is kept across the episodes of a
 * task and made anew for each task.
 */
export interface ControlLearner<Theta = unknown, TaskState = unknown> {
  readonly kind: 'control';
  /** Meta-parameters for tasks of this distribution. */
  init(distribution: ControlDistribution, rng: Rng): Theta;
  /** One outer update on tasks of the meta-training split. */
  update(
    theta: Theta,
    tasks: readonly ControlTask[],
    rng: Rng,
  ): Promise<{
    readonly theta: Theta;
    readonly metrics: Readonly<Record<string, number>>;
    readonly environmentSteps: number;
  }>;
  /** State for one task: nothing of any other task is in it. */
  beginTask(theta: Theta, copies: number, budget: ControlBudget, rng: Rng): TaskState;
  /** Actions for all copies, [E * action size]; may change nothing but the returned state. */
  act(
    theta: Theta,
    state: TaskState,
    steps: TimeSteps,
    rng: Rng,
  ): Promise<{ readonly actions: Float32Array; readonly state: TaskState }>;
  /** What came of the actions. */
  observe(theta: Theta, state: TaskState, steps: TimeSteps, actions: Float32Array): TaskState;
  /** Called after each episode of the task. */
  endEpisode(theta: Theta, state: TaskState): TaskState;
  /** Between episodes: gradient steps, belief updates. */
  adapt(theta: Theta, state: TaskState, rng: Rng): Promise<TaskState>;
  /** Frees what `init` and `update` made. Calling it twice is harmless. */
  dispose(theta: Theta): void;
}
