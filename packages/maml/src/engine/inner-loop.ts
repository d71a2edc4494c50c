import { type Parameters, stopGradient, valueAndGradients } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { leafAt, mapLeaves } from './adapted-leaves.js';
import type { InnerProblem, InnerSolution, IterativeSolver } from './meta-learner-parts.js';

/** One inner step and what it saw on the way. */
export interface InnerStep {
  /** φʲ⁺¹, each leaf [T, ...]. */
  readonly phi: Parameters;
  readonly state: Parameters;
  /** Σ_t L_S,t(φʲ), []. */
  readonly loss: Tensor;
  /** ∇_φ Σ_t L_S,t(φʲ). */
  readonly gradient: Parameters;
}

/**
 * One step of every task at once.
 *
 * φʲ⁺¹ = φʲ − α ⊙ direction(∇_φ Σ_t L_S,t(φʲ))
 *
 * The loss is a sum over tasks: a task's own gradient must not depend on how many others are in the batch. Where the
 * problem does not keep step j, the direction is a constant to the outer gradient, while α is not.
 *
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, Algorithm 2, lines 5-7.
 */
export function takeStep(
  problem: InnerProblem,
  solver: IterativeSolver,
  phi: Parameters,
  state: Parameters,
  step: number,
): InnerStep {
  const kept = problem.keeps(step);
  const { value, gradients } = valueAndGradients(
    (at: Parameters) => tf.sum(problem.loss(at, step)).asScalar(), // [T] -> []
    kept ? phi : stopGradient(phi),
  );
  const moved = solver.direction(gradients, state, step);
  const direction = kept ? moved.direction : stopGradient(moved.direction);
  const next = mapLeaves(phi, (leaf, path) => {
    const rate = problem.rate(step, path);
    return rate === 0 ? leaf : tf.sub(leaf, tf.mul(rate, leafAt(direction, path))); // [T, ...]
  });
  return { phi: next, state: moved.state, loss: value, gradient: gradients };
}

/** k steps from φ⁰: a static loop, so that the recorded graph holds every step. */
export function descend(problem: InnerProblem, solver: IterativeSolver): InnerSolution {
  const path = [problem.start()];
  const losses: Tensor[] = [];
  const gradients: Parameters[] = [];
  let phi = path[0] as Parameters;
  let state = solver.init(phi);
  for (let step = 0; step < problem.steps; step++) {
    const taken = takeStep(problem, solver, phi, state, step);
    ({ phi, state } = taken);
    path.push(phi);
    losses.push(taken.loss);
    gradients.push(taken.gradient);
  }
  return { phi, path, losses, gradients };
}
