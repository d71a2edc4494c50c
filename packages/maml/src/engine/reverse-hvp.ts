import { type Tree, zipTrees } from '@tasklearn/core';
import { gradients, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { leafAt, mapLeaves } from './adapted-leaves.js';
import { refusesDirect, refusesTerms } from './meta-gradient.js';
import type { MetaGradient, MetaLearnerParts, MetaParameters, OuterProblem } from './meta-learner-parts.js';

/** Both things an inner step depends on. */
type Point = { readonly theta: MetaParameters; readonly phi: Parameters };

/**
 * The exact meta-gradient from Hessian-vector products, newest step first.
 *
 * v ← ∇_φ L_Q(φᵏ);  for j = k−1 .. 0:  v ← v − α H(φʲ) v
 *
 * Each product is one derivative of ⟨φʲ⁺¹, v⟩ with φʲ⁺¹ = φʲ − α ∇L_S(φʲ), taken with respect to φʲ and to θ at once:
 * the part with respect to θ (leaves that are not adapted, learned rates) adds up over the steps. Only φ⁰ .. φᵏ are held, not the
 * graphs of the inner steps. No derivative beyond the second is ever taken.
 */
export function reverseHvp(): MetaGradient {
  return { name: 'reverseHvp', refuses, gradient: (problem) => backward(problem, forward(problem)) };
}

function refuses(parts: Omit<MetaLearnerParts, 'optimizer'>): string | undefined {
  const { solver } = parts;
  if (solver.kind === 'iterative' && !solver.stateless) {
    return `reverseHvp redoes each step from φ alone, and the solver ${solver.name} keeps state between steps`;
  }
  if (!solver.differentiable) return `the solver ${solver.name} cannot be differentiated through`;
  return refusesDirect(parts) ?? refusesTerms(parts, 'reverseHvp');
}

/** φ⁰ .. φᵏ, without derivatives. */
function forward({ theta, steps, start, step }: OuterProblem): readonly Parameters[] {
  const path = [start(theta)];
  for (let j = 0; j < steps; j++) path.push(step(theta, path[j] as Parameters, j).phi);
  return path;
}

function backward(
  problem: OuterProblem,
  path: readonly Parameters[],
): ReturnType<NonNullable<MetaGradient['gradient']>> {
  const { theta, steps } = problem;
  const last = path[steps] as Parameters;
  const { loss, metrics } = problem.query(theta, last);
  const outer = gradients((at: Point) => problem.query(at.theta, at.phi).loss, { theta, phi: last });
  let total = outer.theta; // the partial derivative ∂L_Q/∂θ at fixed φ
  let v = outer.phi; // ∇_φ L_Q(φᵏ)
  for (let j = steps - 1; j >= 0; j--) {
    const pulled = pullBack(
      (at) => problem.step(at.theta, at.phi, j).phi,
      { theta, phi: path[j] as Parameters },
      v,
    );
    total = sum(total, pulled.theta);
    v = pulled.phi;
  }
  const pulled = gradients((at: MetaParameters) => inner(problem.start(at), v), theta); // through φ⁰(θ)
  return { gradient: sum(total, pulled), metrics: { loss, ...metrics } };
}

/** vᵀ ∂step/∂(θ, φ). */
function pullBack(step: (at: Point) => Parameters, at: Point, v: Parameters): Point {
  return gradients((point: Point) => inner(step(point), v), at);
}

/** ⟨a, b⟩ over all leaves, []. */
function inner(a: Parameters, b: Parameters): Scalar {
  const terms: Tensor[] = [];
  mapLeaves(a, (leaf, path) => {
    terms.push(tf.sum(tf.mul(leaf, leafAt(b, path))));
    return undefined;
  });
  return tf.addN(terms).asScalar();
}

function sum(a: MetaParameters, b: MetaParameters): MetaParameters {
  return zipTrees(
    (x: Tensor, y: Tensor) => tf.add(x, y),
    a as Tree<Tensor>,
    b as Tree<Tensor>,
  ) as MetaParameters;
}
