import type { HostTensor, Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Predicted returns of plans, [T, N, H, A] → [T, N]. Plans lie in the box [−1, 1]. Recordable. */
export type ScorePlans = (plans: Tensor) => Tensor;

/** A plan under way. One iteration of a planner takes it and returns a better one. */
export type PlanState<Leaf = Tensor> = {
  /** The best plan so far, [T, H, A]. */
  readonly plan: Leaf;
  /** What was predicted of it, [T]. */
  readonly value: Leaf;
  /** Difference between the best and the worst return seen in the last iteration, [T]: 0 says that there was no signal. */
  readonly signal: Leaf;
  /** What the planner itself carries on: means, deviations, moments. */
  readonly search: Tree<Leaf>;
};

/** Shape of what is planned. */
export interface PlanShape {
  /** T, plans made at once. */
  readonly trials: number;
  /** H. */
  readonly horizon: number;
  /** A. */
  readonly action: number;
}

/** Optimises the predicted return over action sequences. */
export interface Planner {
  /** How often `improve` is to be called. */
  readonly iterations: number;
  /** Whether it needs the derivative of the return in the actions, which discrete actions have not. */
  readonly differentiates: boolean;
  /**
   * Where to begin, on the host.
   *
   * @param warm - the last plan, moved on by the steps made since, [T * H * A]; zeros where there is none.
   */
  begin(shape: PlanShape, warm: Float32Array, rng: Rng): PlanState<HostTensor>;
  /** One iteration: a pure static step. */
  improve(state: PlanState, score: ScorePlans, rng: Rng): PlanState;
}
