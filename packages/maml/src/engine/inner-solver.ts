import { TasklearnError } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { leafAt, mapLeaves } from './adapted-leaves.js';
import type { IterativeSolver } from './meta-learner-parts.js';

/** What both descents know. */
export interface DescentOptions {
  /** Inner gradients are clipped element by element to [−clip, clip]; 0 for not at all. */
  readonly clip?: number;
}

/** The gradient itself: φ ← φ − α ⊙ g. Differentiable, stateless; MAML's inner loop. */
export function gradientDescent(options: DescentOptions = {}): IterativeSolver {
  const clip = clipTo(options.clip ?? 0);
  return {
    kind: 'iterative',
    name: 'gradientDescent',
    differentiable: true,
    stateless: true,
    init: () => ({}),
    direction: (gradient) => ({ direction: clip(gradient), state: {} }),
  };
}

/**
 * Adam without momentum (β₁ = 0), as Reptile's inner loop uses it.
 *
 * v ← β₂ v + (1 − β₂) g²,  direction = g / (√(v / (1 − β₂ʲ⁺¹)) + ε)
 *
 * Its square root has no derivative at v = 0, so it goes only with outer gradients that do not pass through it.
 *
 * @see Nichol, Achiam, Schulman. On First-Order Meta-Learning Algorithms. 2018, section 6.1. arXiv:1803.02999.
 */
export function adaptiveDescent(
  options: DescentOptions & { readonly decay?: number; readonly epsilon?: number } = {},
): IterativeSolver {
  const { decay = 0.999, epsilon = 1e-8 } = options;
  const clip = clipTo(options.clip ?? 0);
  return {
    kind: 'iterative',
    name: 'adaptiveDescent',
    differentiable: false,
    stateless: false,
    init: (phi) => mapLeaves(phi, (leaf) => tf.zerosLike(leaf)),
    direction(raw, state, step) {
      const gradient = clip(raw);
      const v = mapLeaves(gradient, (g, path) =>
        tf.add(tf.mul(leafAt(state, path), decay), tf.mul(tf.square(g), 1 - decay)),
      );
      const correction = 1 / (1 - decay ** (step + 1));
      const direction = mapLeaves(gradient, (g, path) =>
        tf.div(g, tf.add(tf.sqrt(tf.mul(leafAt(v, path), correction)), epsilon)),
      );
      return { direction, state: v };
    },
  };
}

function clipTo(clip: number): (gradient: Parameters) => Parameters {
  if (!(clip >= 0 && Number.isFinite(clip))) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `inner solver: option \`clip\` must be >= 0 (0 = off), got ${clip}.`,
      {
        key: 'clip',
        received: clip,
      },
    );
  }
  if (clip === 0) return (gradient) => gradient;
  return (gradient) => mapLeaves(gradient, (g) => tf.clipByValue(g, -clip, clip));
}
