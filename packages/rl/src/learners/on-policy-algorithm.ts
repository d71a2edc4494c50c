import type { Executor, HostTensor, Rng, Tree, TreeSpec } from '@tasklearn/core';
import type { ActorCritic, ActorCriticOptions } from '../policy-gradients/actor-critic.js';
import type { Advantages } from '../returns/generalized-advantages.js';
import type { Experience } from './experience.js';
import type { Judgement } from './judging.js';

/** Options that all on-policy learners have; JSON. */
export type OnPolicyOptions = {
  /** E, copies that collect experience at once; copy e is of training task e. */
  readonly copies: number;
  /** γ in [0, 1]. */
  readonly gamma: number;
  /** λ of generalised advantage estimation, in [0, 1]. */
  readonly lambda: number;
  /** Whether advantages of an update are brought to mean 0 and deviation 1. */
  readonly normalizeAdvantages: boolean;
  /** Whether observations are divided by their running deviation, minus their mean, and cut to ±10. */
  readonly normalizeObservations: boolean;
  /** Whether rewards are divided by the running deviation of discounted returns. */
  readonly normalizeRewards: boolean;
  readonly network: ActorCriticOptions;
  /** How agents act when tested: the most probable action, or a sample. */
  readonly evaluation: 'mode' | 'sample';
};

/** What one update learns from. */
export interface LearningInput {
  /** θ, [P]: policy and value function. */
  readonly theta: Float32Array;
  readonly experience: Experience;
  readonly judgement: Judgement;
  readonly advantages: Advantages;
  /** Memory before the first step, [E * S]; only with memory. */
  readonly memory?: Float32Array;
  /** Updates made before this one. */
  readonly update: number;
  readonly rng: Rng;
}

/** How parameters change: the part in which the algorithms differ. */
export interface Learning {
  learn(input: LearningInput): Promise<{
    readonly theta: Float32Array;
    readonly metrics: Readonly<Record<string, number>>;
  }>;
  /** Everything but θ that is needed to continue. */
  save(): { readonly tensors: Tree<HostTensor>; readonly step: number };
  restore(tensors: Tree<HostTensor>, step: number): void;
  dispose(): void;
}

/** What {@link OnPolicyAlgorithm.openLearning} is given. */
export interface LearningSetup {
  readonly model: ActorCritic;
  /** Structure of θ. */
  readonly spec: TreeSpec;
  readonly executor: Executor;
}

/** An on-policy method: what it collects, and what it does with it. */
export interface OnPolicyAlgorithm {
  /** For messages. */
  readonly name: string;
  readonly options: OnPolicyOptions;
  /** Steps per roll-out, or whole episodes. */
  readonly collects: { readonly kind: 'rollouts'; readonly length: number } | { readonly kind: 'episodes' };
  /** What advantages are measured against. */
  readonly baseline: 'value' | 'linear' | 'none';
  openLearning(setup: LearningSetup): Learning;
}
