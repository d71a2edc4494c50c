import type { Rng } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';

/** π(a | s, z), a pure function of its parameters. */
export interface Policy {
  readonly head: ActionHead;
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * π(· | s, z) for a batch.
   *
   * @param parameters - as from `init`; leaves may carry the task axis T.
   * @param observations - [T, B, O].
   * @param context - z, [T, B, Z] or [T, 1, Z]: a skill, a goal, a belief; only where the policy was made for one.
   */
  apply(parameters: Parameters, observations: Tensor, context?: Tensor): ActionDistribution;
}

/** V(s, z), a pure function of its parameters. */
export interface ValueFunction {
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /** @returns [T, B]; see {@link Policy.apply} for what it takes. */
  apply(parameters: Parameters, observations: Tensor, context?: Tensor): Tensor;
}

/** Q(s, ·): the values of all discrete actions. */
export interface DiscreteQFunction {
  /** A. */
  readonly actions: number;
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /** @returns [T, B, A]. */
  apply(parameters: Parameters, observations: Tensor, context?: Tensor): Tensor;
}

/** Q(s, a) of continuous actions. */
export interface ContinuousQFunction {
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * @param actions - [T, B, A].
   * @returns [T, B].
   */
  apply(parameters: Parameters, observations: Tensor, actions: Tensor, context?: Tensor): Tensor;
}
