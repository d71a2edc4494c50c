import type { Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** The parameters of a base learner by group: what is being learnt, and the slowly following copies of some. */
export interface Networks {
  readonly online: Readonly<Record<string, Tree<Tensor>>>;
  readonly target: Readonly<Record<string, Tree<Tensor>>>;
}

/** Transitions of T tasks, B rows each. */
export interface BaseBatch {
  /** [T, B, O]. */
  readonly observation: Tensor;
  /** [T, B, A]; one index each where actions are discrete. */
  readonly action: Tensor;
  /** [T, B]. */
  readonly reward: Tensor;
  /** [T, B, O]. */
  readonly next: Tensor;
  /** 0 where the step terminated the episode, [T, B]. */
  readonly discount: Tensor;
  /** z, [T, B, Z]; absent where the policy has none. */
  readonly code?: Tensor;
}

/** Parameters that one optimiser moves, with the loss that moves them. */
export interface ParameterGroup {
  readonly name: string;
  /** Its first parameters. The caller disposes. */
  init(rng: Rng): Tree<Tensor>;
  /**
   * Mean loss of each task, [T]. The groups before this one have been moved already; only `own` is differentiated.
   *
   * @param own - this group's parameters; leaves may carry the task axis T.
   */
  loss(own: Tree<Tensor>, networks: Networks, batch: BaseBatch, rng: Rng): Tensor;
  /** Moved at every so many gradient steps. */
  readonly every: number;
  /** Whether a copy follows it slowly. */
  readonly hasTarget: boolean;
}

/** How far an acting policy departs from what it thinks best. */
export interface Exploration {
  /** Probability of a uniformly random action, []. */
  readonly rate: Tensor;
  /** σ of Gaussian noise on continuous actions, in units of their reach, []. */
  readonly noise: Tensor;
}

/** A base learner as pure recordable functions: how it acts, and the losses of its groups in the order of their updates. */
export interface Base {
  readonly groups: readonly ParameterGroup[];
  /** Name of the one group that `act` needs. */
  readonly acting: string;
  /**
   * @param own - parameters of the acting group.
   * @param observations - [1, E, O].
   * @param code - z of each copy, [1, E, Z].
   * @param exploration - absent for the best action.
   * @returns [1, E, A]; one index each where actions are discrete.
   */
  act(
    own: Tree<Tensor>,
    observations: Tensor,
    code: Tensor | undefined,
    exploration: Exploration | undefined,
    rng: Rng,
  ): Tensor;
}

/** What all base learners are made of. */
export interface BaseOptions {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Z. */
  readonly codeSize: number;
  /** γ in [0, 1). */
  readonly discount: number;
  /** Limits that targets are clipped to, e.g. [−1/(1−γ), 0] for rewards in [−1, 0]. */
  readonly targetLimits?: readonly [number, number];
}

/** A target within the limits, if there are any. */
export function clippedTarget(target: Tensor, { targetLimits }: BaseOptions): Tensor {
  return targetLimits === undefined ? target : target.maximum(targetLimits[0]).minimum(targetLimits[1]);
}
