import type { TensorSpec } from '../tensor-spec.js';

/** Where goals lie in the observation of a goal-conditioned task: two slices of one size. */
export interface GoalLayout {
  /** Numbers in a goal. */
  readonly size: number;
  /** Index of the first number of what has been achieved. */
  readonly achieved: number;
  /** Index of the first number of what is desired. */
  readonly desired: number;
}

/** Everything static about the environments of a distribution; shapes are those of one copy. */
export interface ControlSpec {
  /** One flat vector, [O]. Where goals exist they are part of it. */
  readonly observation: TensorSpec;
  /** int32 of shape [] with minimum 0 and maximum n - 1 for n discrete actions, else float32 [A] with its limits. */
  readonly action: TensorSpec;
  /** Steps after which an episode is truncated. */
  readonly horizon: number;
  /** Set where tasks are goal-conditioned. */
  readonly goal?: GoalLayout;
  /** Names of what is measured besides return: whether `TimeSteps.success` means anything. */
  readonly hasSuccess: boolean;
}

/**
 * What E copies show after a reset or a step, with dm_env's semantics: arrays of length E (times the observation size),
 * owned by the environment and overwritten by the next call. Who keeps them copies them.
 */
export interface TimeSteps {
  /** 0 first, 1 mid, 2 last; [E]. */
  readonly stepType: Uint8Array;
  /** [E * O]. */
  readonly observation: Float32Array;
  /** Reward of the step just made, 0 where `stepType` is first; [E]. */
  readonly reward: Float32Array;
  /** 1 while the episode goes on or was truncated, 0 where it terminated: the factor of the bootstrapped value; [E]. */
  readonly discount: Float32Array;
  /** 1 where the step just made reached success; all 0 where the environment has no such notion; [E]. */
  readonly success: Uint8Array;
}

/**
 * E copies of an environment that step at once over typed arrays. Each copy draws from a stream of its own, so what
 * happens in it does not depend on the others.
 */
export interface Environment {
  readonly copies: number;
  readonly spec: ControlSpec;
  /**
   * Starts a new episode in every copy, or in those where `which` is 1; the others stay as they are. Where `which` is all
   * 0 it only shows again what was shown last, e.g. after `restore`.
   */
  reset(which?: Uint8Array): TimeSteps;
  /**
   * One step of every copy, or of those where `active` is 1; the others stay as they are.
   *
   * @param actions - [E] indices of discrete actions, or [E * A] numbers, clipped to their limits.
   * @throws `RESET_NEEDED` if an active copy's last step ended its episode, or it was never reset; `SHAPE_MISMATCH`.
   */
  step(actions: Float32Array, active?: Uint8Array): TimeSteps;
  /** Exact state of all copies, their random streams and what they showed last included. */
  snapshot(): Uint8Array;
  /** Puts all copies back into exactly that state. @throws `SHAPE_MISMATCH` for a snapshot of another environment. */
  restore(snapshot: Uint8Array): void;
  /** Frees all copies. Calling it twice is harmless. */
  dispose(): void;
}
