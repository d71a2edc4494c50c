import type { Rng } from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** log p of every chain's position, from [..., d] to [...], but for a constant. */
export type LogDensity = (phi: Tensor) => Tensor;

/** How a Hamiltonian trajectory is followed. */
export type HamiltonianOptions = {
  /** ε > 0. */
  readonly stepSize: number;
  /** L >= 1, leapfrog steps of one proposal. */
  readonly steps: number;
  /**
   * Every chain draws its ε from ε (1 ± jitter), in [0, 1); 0.2 unless told. With one ε for ever a trajectory may be half a period
   * of some direction, which is then never explored.
   */
  readonly jitter?: number;
};

/** Where a trajectory is: position and momentum, both [..., d]. */
export type PhasePoint = { readonly phi: Tensor; readonly momentum: Tensor };

/** One transition of every chain. */
export type HamiltonianTransition = {
  readonly phi: Tensor;
  /** 1 where the proposal was taken, [...]. */
  readonly accepted: Tensor;
  /** ΔH along the trajectory, [...]; 0 for an exact flow. */
  readonly energyError: Tensor;
};

/** ∇ log p(φ), of the shape of φ: chains do not touch each other, so one gradient of their sum gives all. */
export function scoreOf(logDensity: LogDensity, phi: Tensor): Tensor {
  return valueAndGradients((at: Tensor) => tf.sum(logDensity(at)) as Scalar, phi).gradients;
}

/**
 * L leapfrog steps: p ← p + (ε/2) ∇ log p(φ), φ ← φ + ε p, p ← p + (ε/2) ∇ log p(φ). Reversible and volume-preserving.
 *
 * @param options - ε, one number or one per chain as [..., 1], and L.
 * @see Neal. MCMC Using Hamiltonian Dynamics. 2011, section 2.3. arXiv:1206.1901.
 */
export function leapfrog(
  logDensity: LogDensity,
  { phi, momentum }: PhasePoint,
  { stepSize, steps }: { readonly stepSize: number | Tensor; readonly steps: number },
): PhasePoint {
  const step = typeof stepSize === 'number' ? tf.scalar(stepSize) : stepSize;
  let position = phi;
  let p = momentum.add(scoreOf(logDensity, position).mul(step.div(2)));
  for (let at = 1; at <= steps; at++) {
    position = position.add(p.mul(step));
    p = p.add(scoreOf(logDensity, position).mul(at === steps ? step.div(2) : step));
  }
  return { phi: position, momentum: p };
}

/**
 * One transition of Hamiltonian Monte Carlo with momentum p ~ N(0, I): the end of a leapfrog trajectory is taken with probability
 * min(1, e^−ΔH), H = −log p(φ) + ‖p‖²/2. Recordable: whether it is taken is a choice between two tensors.
 *
 * @param phi - where the chains are, [..., d].
 * @see Duane, Kennedy, Pendleton, Roweth. Hybrid Monte Carlo. Physics Letters B, 1987.
 */
export function hamiltonianStep(
  logDensity: LogDensity,
  phi: Tensor,
  rng: Rng,
  { stepSize, steps, jitter = 0.2 }: HamiltonianOptions,
): HamiltonianTransition {
  const chains = phi.shape.slice(0, -1);
  const momentum = rng.split('momentum').normal(phi.shape);
  const energy = (point: PhasePoint) =>
    tf.sum(tf.square(point.momentum), -1).mul(0.5).sub(logDensity(point.phi));
  const uniformSteps = rng.split('step').uniform([...chains, 1]); // [..., 1]
  const ownSteps = uniformSteps
    .mul(2 * jitter)
    .add(1 - jitter)
    .mul(stepSize);
  const end = leapfrog(logDensity, { phi, momentum }, { stepSize: ownSteps, steps });
  const energyError = energy(end).sub(energy({ phi, momentum })); // [...]
  const uniform = rng.split('accept').uniform(chains);
  // log u <= −ΔH; a trajectory that left the numbers has NaN for ΔH and is refused.
  const accepted = tf.lessEqual(tf.log(tf.maximum(uniform, 1e-30)), tf.neg(energyError));
  const chosen = tf.where(
    tf.tile(accepted.expandDims(-1), [...chains.map(() => 1), phi.shape.at(-1) as number]),
    end.phi,
    phi,
  );
  return { phi: chosen, accepted: accepted.cast('float32'), energyError };
}
