import type { Tree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { gradients } from './value-and-gradients.js';

/**
 * The total derivative of an outer objective in θ, where φ is found from θ:
 * dL(θ, φ(θ))/dθ = ∂L/∂θ + (∂φ/∂θ)ᵀ ∂L/∂φ.
 *
 * @param objective - L(θ, φ), a scalar.
 * @param solve - φ(θ), differentiable: an inner loop, for example.
 * @param theta - θ; not disposed.
 * @returns θ's structure. The caller disposes.
 */
export function totalGradients<Theta extends Tree<Tensor>, Phi extends Tree<Tensor>>(
  objective: (theta: Theta, phi: Phi) => Scalar,
  solve: (theta: Theta) => Phi,
  theta: Theta,
): Theta {
  return gradients((at) => objective(at, solve(at)), theta);
}

/**
 * The partial derivatives of an outer objective, φ and θ each held while the other moves: ∂L/∂θ and ∂L/∂φ.
 *
 * @param objective - L(θ, φ), a scalar.
 * @param theta - θ; not disposed.
 * @param phi - φ; not disposed.
 * @returns both, of θ's and φ's structure. The caller disposes.
 */
export function partialGradients<Theta extends Tree<Tensor>, Phi extends Tree<Tensor>>(
  objective: (theta: Theta, phi: Phi) => Scalar,
  theta: Theta,
  phi: Phi,
): { readonly theta: Theta; readonly phi: Phi } {
  const both = gradients((at) => objective(at.theta as Theta, at.phi as Phi), { theta, phi } as {
    readonly [key: string]: Tree<Tensor>;
  });
  return both as { readonly theta: Theta; readonly phi: Phi };
}
