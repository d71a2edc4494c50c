import type { EpisodeSpec, GradientTransformation, LabelledSet, Rng, Support, Tree } from '@tasklearn/core';
import type { Model, Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { AdaptedLeaves } from './adapted-leaves.js';

/**
 * θ of a gradient-based learner: the model's parameters, and whatever else is meta-learned with them.
 * `model` holds every leaf without a task axis; φ holds the adapted leaves only, each with a leading T.
 */
export type MetaParameters = {
  readonly model: Parameters;
  /** Learned inner rates, as their {@link InnerRate} lays them out. */
  readonly rates?: Tree<Tensor>;
  /** Parameters of a learned inner loss. */
  readonly loss?: Tree<Tensor>;
  /** Parameters of a learned solver. */
  readonly solver?: Tree<Tensor>;
};

/** Meta-training, or adapting to a task with θ as it is. */
export type Stage = 'train' | 'adapt';

/** What a solver is given: minimise L_S from φ⁰. */
export interface InnerProblem {
  /** φ⁰: the adapted leaves, each [T, ...]. */
  start(): Parameters;
  /** Number of inner steps, k. */
  readonly steps: number;
  /** L_S of every task at φ, the mean over its points: [T]. */
  loss(phi: Parameters, step: number): Tensor;
  /** α of one leaf at one step; broadcasts against the leaf. Exactly 0 leaves the leaf alone. */
  rate(step: number, path: string): number | Tensor;
  /** Whether dφ/dθ is to flow through the gradient taken at this step. */
  keeps(step: number): boolean;
  /** Parameters of a learned solver. */
  readonly solver?: Tree<Tensor>;
  readonly rng: Rng;
}

/** What a solver returns. */
export interface InnerSolution {
  /** φᵏ, each leaf [T, ...]. */
  readonly phi: Parameters;
  /** φ⁰ .. φᵏ where the solver makes steps. */
  readonly path: readonly Parameters[];
  /** Σ_t L_S,t before each step, []; k of them. */
  readonly losses: readonly Tensor[];
  /** Inner gradients g⁰ .. gᵏ⁻¹ as the solver took them. */
  readonly gradients: readonly Parameters[];
}

/** A solver that makes steps φ ← φ − α ⊙ direction(∇L_S). */
export interface IterativeSolver {
  readonly kind: 'iterative';
  readonly name: string;
  /** Whether its steps may be differentiated twice; where not, only gradient-free outer updates may use it. */
  readonly differentiable: boolean;
  /** Whether a step depends on φ alone, not on what earlier steps left behind. */
  readonly stateless: boolean;
  /** State before the first step, of φ's structure. `{}` where there is none. */
  init(phi: Parameters): Parameters;
  /** The direction of step `step` from the gradient there. */
  direction(
    gradient: Parameters,
    state: Parameters,
    step: number,
  ): { readonly direction: Parameters; readonly state: Parameters };
}

/** A solver that goes about it in its own way: ridge regression, a dual solved by iterations, a learned optimiser. */
export interface DirectSolver {
  readonly kind: 'closedForm' | 'convex' | 'learned';
  readonly name: string;
  readonly differentiable: boolean;
  /** Meta-parameters of its own. */
  init?(spec: EpisodeSpec, rng: Rng): Tree<Tensor>;
  /** φ that solves the inner problem on the support set, for all tasks at once. */
  solve(problem: InnerProblem, support: LabelledSet): InnerSolution;
}

/** How φ is found from φ⁰ and the support loss. */
export type InnerSolver = IterativeSolver | DirectSolver;

/** What an inner loss may read. */
export interface InnerLossContext {
  readonly model: Model;
  readonly spec: EpisodeSpec;
  /** Whether θ is being trained, or a task adapted to. */
  readonly stage: Stage;
  readonly theta: MetaParameters;
  readonly support: Support;
  readonly rng: Rng;
}

/** The loss that the inner loop descends. */
export interface InnerLoss {
  readonly name: string;
  /** Meta-parameters of its own. */
  init?(spec: EpisodeSpec, rng: Rng): Tree<Tensor>;
  /** @returns L_S of every task, [T], as a function of all the model's parameters and of the inner step. */
  make(context: InnerLossContext): (parameters: Parameters, step: number) => Tensor;
}

/** The inner rate α. */
export interface InnerRate {
  readonly name: string;
  /** Whether θ holds it and the outer gradient changes it. */
  readonly learned: boolean;
  /** Its part of θ, from the adapted leaves (without task axis). Absent where nothing is learned. */
  init?(adapted: Parameters, steps: number, spec: EpisodeSpec): Tree<Tensor>;
  /** α for one leaf at one step. `steps` and `paths` are those of this run, for schedules and depths. */
  at(rates: Tree<Tensor> | undefined, position: RatePosition): number | Tensor;
}

/** Which rate is asked for. */
export interface RatePosition {
  readonly spec: EpisodeSpec;
  readonly step: number;
  readonly steps: number;
  readonly path: string;
  /** Paths of all leaves of the model. */
  readonly paths: readonly string[];
}

/** Where the inner loop starts. */
export interface Start {
  readonly name: string;
  /** φ⁰ from θ: each adapted leaf [T, ...]. */
  phi0(
    theta: MetaParameters,
    adapted: AdaptedLeaves,
    tasks: number,
    spec: EpisodeSpec,
    support: Support,
  ): Parameters;
}

/** What an outer term may read. */
export interface OuterContext {
  readonly theta: MetaParameters;
  readonly solution: InnerSolution;
  /** Mean over tasks of L_Q at φ, []. */
  queryLoss(phi: Parameters, step: number): Scalar;
  readonly rng: Rng;
}

/** A term added to the outer loss; a scalar, []. */
export interface OuterTerm {
  readonly name: string;
  /** What is added to the outer loss, shape []. */
  value(context: OuterContext): Scalar;
}

/** The pieces that a way of taking the meta-gradient may use. */
export interface OuterProblem {
  readonly theta: MetaParameters;
  readonly steps: number;
  /** φ⁰ as a function of θ. */
  start(theta: MetaParameters): Parameters;
  /** One inner step, as a function of θ and φ; Σ_t L_S,t at φ beside it. */
  step(
    theta: MetaParameters,
    phi: Parameters,
    step: number,
  ): { readonly phi: Parameters; readonly loss: Tensor };
  /** The whole inner loop. `pooled` adapts to support and query together. */
  solve(theta: MetaParameters, data: 'support' | 'pooled'): InnerSolution;
  /** Mean over tasks of L_Q, [], and what to log about it. */
  query(theta: MetaParameters, phi: Parameters): OuterLoss;
}

/** A scalar and what to log about it. */
export interface OuterLoss {
  readonly loss: Scalar;
  readonly metrics: Readonly<Record<string, Scalar>>;
}

/** How the outer gradient is taken. */
export interface MetaGradient {
  readonly name: string;
  /** Why it cannot go with these parts, or nothing. */
  refuses(parts: Omit<MetaLearnerParts, 'optimizer'>): string | undefined;
  /** Where the outer loss is differentiated as it stands: whether step j of k keeps its derivative. */
  keeps?(step: number, steps: number): boolean;
  /** Where it is not: the gradient, of θ's structure. */
  gradient?(problem: OuterProblem): {
    readonly gradient: MetaParameters;
    readonly metrics: Readonly<Record<string, Scalar>>;
  };
  /** Where θ is trained without an inner loop: the outer loss. */
  pooledLoss?(problem: PooledProblem): OuterLoss;
}

/** What pre-training without an inner loop may use. */
export interface PooledProblem {
  readonly theta: MetaParameters;
  readonly model: Model;
  readonly spec: EpisodeSpec;
  /** Support and query of all tasks, [T, S + Q, ...]. */
  readonly items: LabelledSet;
}

/** The slots of the engine. */
export interface MetaLearnerParts {
  /** The model for episodes of a spec. `stage` tells pre-training's model from the adapted one where they differ. */
  readonly model: (spec: EpisodeSpec, stage: Stage) => Model;
  readonly adapted: AdaptedLeaves;
  readonly start: Start;
  readonly innerLoss: InnerLoss;
  readonly solver: InnerSolver;
  readonly rate: InnerRate;
  /** Inner steps at meta-training and at meta-test: separate settings. */
  readonly steps: { readonly train: number; readonly test: number };
  readonly metaGradient: MetaGradient;
  readonly outer: readonly OuterTerm[];
  /** How the outer gradient changes θ. Absent where θ is not trained. */
  readonly optimizer?: GradientTransformation;
}
