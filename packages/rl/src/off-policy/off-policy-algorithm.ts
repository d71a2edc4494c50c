import type { Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { Policy } from '../policies/policy.js';

/** A batch of transitions inside a recordable function, task by task. */
export type TransitionBatch = {
  /** o, [T, B, O]. */
  readonly observation: Tensor;
  /** a, [T, B, A]; indices are float32 [T, B, 1]. */
  readonly action: Tensor;
  /** r, [T, B]. */
  readonly reward: Tensor;
  /** o′, [T, B, O]. */
  readonly next: Tensor;
  /** d: 1 while the episode goes on or was truncated, 0 where it terminated, [T, B]. The factor of the bootstrapped value. */
  readonly discount: Tensor;
  /** z, [T, B, Z], where policies and values are given one; the same before and after the step. */
  readonly context?: Tensor;
  /** Importance weights, [T, B]. */
  readonly weights: Tensor;
};

/** What one gradient step came to. */
export interface AlgorithmUpdate<State extends Tree<Tensor>> {
  readonly state: State;
  /** Scalars to log. */
  readonly metrics: Readonly<Record<string, Tensor>>;
  /** |δ| of each transition, [T, B], for prioritised replay. */
  readonly errors?: Tensor;
}

/** Merges the gradients of T tasks, [T, P], into one, [P]: their mean unless told otherwise. */
export type CombineGradients = (gradients: Tensor, network: 'actor' | 'critic') => Tensor;

/**
 * An off-policy algorithm: pure functions over a state of few flat tensors, [P] for each network, so that a gradient step
 * takes and returns as few tensors as it can.
 */
export interface OffPolicyAlgorithm<State extends Tree<Tensor> = Tree<Tensor>> {
  /** For reports, e.g. `sac`. */
  readonly name: string;
  /** What acts; its parameters are `acting(state)`. */
  readonly policy: Policy;
  /** How it explores by itself: by sampling from the policy, or not at all. */
  readonly exploration: 'sample' | 'mode';
  /** Gradient steps after which what is updated repeats: 2 where the actor is updated at every second one. */
  readonly period: number;
  /** First state. The caller disposes. */
  init(rng: Rng): State;
  /**
   * One gradient step. Recordable.
   *
   * @param phase - which step of the period this is, 0 .. period-1.
   */
  update(state: State, batch: TransitionBatch, rng: Rng, phase: number): AlgorithmUpdate<State>;
  /** The leaf of the state with the policy's parameters, flat as `flattenTree` orders them. */
  acting<Leaf>(state: StateOf<State, Leaf>): Leaf;
}

/** A state with other leaves. */
export type StateOf<State, Leaf> = State extends Tensor
  ? Leaf
  : { readonly [Key in keyof State]: StateOf<State[Key], Leaf> };
