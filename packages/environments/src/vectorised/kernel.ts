import type { ControlSpec, ControlTask } from '@tasklearn/core';
import type { StepRandom } from './step-random.js';

/** What a step came to, as the number that a kernel returns. */
export const Outcome = {
  /** The episode goes on (or is truncated by its horizon: the frame sees to that). */
  ongoing: 0,
  /** The episode has terminated. */
  terminated: 1,
  /** The step reached success, and the episode goes on. */
  succeeded: 2,
  /** The step reached success, and the episode has terminated. */
  succeededAndTerminated: 3,
  /** The episode is cut off before its horizon; may be added to `succeeded`. */
  truncated: 4,
} as const;

/** The arrays that a kernel writes to: the frame owns them. Copy c has the slice [c * size, (c + 1) * size) of each. */
export interface KernelFrame {
  /** E. */
  readonly copies: number;
  readonly spec: ControlSpec;
  readonly tasks: readonly ControlTask[];
  /** State of the worlds, all that is to be restored, zero at first; [E * stateSize]. */
  readonly state: Float64Array;
  /** [E * O]. */
  readonly observation: Float32Array;
  /** Zero when a step begins; [E]. */
  readonly reward: Float32Array;
  /** Steps made in the episode before this one; [E]. */
  readonly elapsed: Int32Array;
  /** Episodes that the copy has begun before this one: its place in a trial, where the copy is reset once per episode; [E]. */
  readonly episode: Int32Array;
  /** The only source of randomness. */
  readonly random: StepRandom;
}

/** The dynamics of one copy: called for each copy that moves, allocating nothing. */
export interface Kernel {
  /** Begins an episode: writes the copy's state and observation. */
  reset(copy: number, task: number): void;
  /**
   * Makes one step: writes the copy's state, observation and reward.
   *
   * @param task - index of the copy's task in `tasks`.
   * @param actions - of all copies: [E] valid indices, or [E * A] numbers, clipped to the action's limits.
   * @returns an {@link Outcome}.
   */
  step(copy: number, task: number, actions: Float32Array): number;
}

/** What {@link vectorisedEnvironment} makes an environment of. */
export interface VectorisedWorld {
  /** Of the distribution: names the environment in messages. */
  readonly id: string;
  readonly spec: ControlSpec;
  /** Numbers of state per copy. */
  readonly stateSize: number;
  /** Makes the kernel of an environment. */
  createKernel(frame: KernelFrame): Kernel;
}
