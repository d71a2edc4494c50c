import type { Tensor } from '@tensorflow/tfjs';
import type { Split } from '../episode.js';
import type { Rng } from '../randomness/rng.js';
import type { Varies } from '../task-distribution.js';
import type { ControlSpec, Environment, TimeSteps } from './environment.js';

/** One control task: data, from which a distribution makes environments. */
export interface ControlTask {
  /** Unique in its split. */
  readonly id: string;
  /** The numbers that define it, e.g. `{ directionX, directionY }`. Hidden from agents; only meta-training may see them. */
  readonly parameters: Readonly<Record<string, number>>;
  /**
   * Which of the finitely many meta-training tasks it is: privileged information for methods that need to know the
   * problem in meta-training (DREAM, task identification). Absent where tasks are drawn anew.
   */
  readonly identity?: number;
}

/** How a trial goes: episodes of one task in sequence, by one agent. */
export interface TrialProtocol {
  /** Episodes first, whose return does not count. */
  readonly explorationEpisodes: number;
  /** Episodes after them, whose return counts. */
  readonly executionEpisodes: number;
}

/** N transitions, off-line: [N * O], [N * A] (or [N] indices), [N * O]. */
export interface Transitions {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly next: Float32Array;
}

/** A policy that is told the task: oracles and other reference lines. */
export interface ReferencePolicy {
  /** A new episode begins in the copies where `which` is 1, or in all; `episode` counts from 0 within the trial. */
  beginEpisode?(episode: number, which?: Uint8Array): void;
  /** Actions of all copies, as `Environment.step` takes them. */
  act(steps: TimeSteps): Float32Array;
  /** What came of the actions, the last step of an episode included; only copies with `active` 1 have moved. */
  observe?(actions: Float32Array, steps: TimeSteps, active: Uint8Array): void;
}

/** One recorded episode of one copy. */
export interface Trajectory {
  /** [(L + 1) * O]. */
  readonly observations: Float32Array;
  /** [L * A]. */
  readonly actions: Float32Array;
  /** [L]. */
  readonly rewards: Float32Array;
  /** Steps made, L. */
  readonly length: number;
  /** Whether success was reached. */
  readonly success: boolean;
  /** Whether it ended by termination rather than truncation. */
  readonly terminated: boolean;
}

/**
 * Control tasks. Pure: task `index` of a split depends on the split, the index and `rng`'s key alone. The splits
 * share no task.
 */
export interface ControlDistribution {
  readonly kind: 'control';
  readonly id: string;
  readonly spec: ControlSpec;
  /** What differs between tasks; relabelling, shared models and contexts check it. */
  readonly varies: readonly Varies[];
  /** The trial in which tasks of this distribution are usually met. */
  readonly trial: TrialProtocol;
  /** Size of the finite set that training tasks come from (each with its `identity`); absent where it is infinite. */
  readonly trainingTasks?: number;
  /** The same task for the same split, index and key of `rng`. */
  task(split: Split, index: number, rng: Rng): ControlTask;
  /**
   * `tasks.length * copiesPerTask` copies; copy t * copiesPerTask + e belongs to task t. The caller disposes.
   */
  createEnvironment(tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): Environment;
  /**
   * Reward of transitions of a task, off-line: for relabelling and planning; equal to what `step` returned. Where
   * goals exist they are read from the observations. Absent where it is not a function of the transition.
   *
   * @returns [N].
   */
  reward?(task: ControlTask, transitions: Transitions): Float32Array;
  /** The same law over tensors [..., O], [..., A], [..., O] → [...], recordable: for planning inside compiled steps. */
  recordableReward?(task: ControlTask, observation: Tensor, action: Tensor, next: Tensor): Tensor;
  /** Reference lines by name, e.g. `oracle`: policies for `tasks` with `copiesPerTask` copies each. */
  readonly references?: Readonly<
    Record<string, (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng) => ReferencePolicy>
  >;
  /** An SVG of episodes of one task, drawn over its world. */
  draw?(task: ControlTask, trajectories: readonly Trajectory[]): string;
  /** An SVG of one moment of an episode, for animations. All frames of a distribution have the same view box. */
  drawFrame?(task: ControlTask, observation: Float32Array): string;
}
