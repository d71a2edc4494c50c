import { hvp, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What a step along one task's gradient does to another. */
export interface StepDamage {
  /** L_j(θ − η g_i) − L_j(θ), row i is the task that steps: [T][T]. */
  readonly changes: readonly (readonly number[])[];
  /** −η ⟨g_i, g_j⟩: what the gradients promise, [T][T]. */
  readonly promised: readonly (readonly number[])[];
  /** The change beyond the promise, which curvature makes; above zero the step does harm that no gradient shows: [T][T]. */
  readonly damage: readonly (readonly number[])[];
}

const one = (losses: (theta: Tensor) => Tensor, task: number) => (theta: Tensor) =>
  losses(theta).slice([task], [1]).sum() as Scalar;

/**
 * Damage: the true change of every task's loss after a step of every other, less the first-order one. On a quadratic it is
 * ½ η² g_iᵀ H_j g_i.
 *
 * @param losses - L_1, ..., L_T of flat parameters, [P] → [T]; the same batch in every call.
 * @param theta - [P]; not disposed.
 * @param rate - η > 0.
 */
export function stepDamage(losses: (theta: Tensor) => Tensor, theta: Tensor, rate: number): StepDamage {
  return tf.tidy(() => {
    const before = losses(theta).arraySync() as number[];
    const gradients = before.map((_, task) => valueAndGradients(one(losses, task), theta).gradients);
    const changes = gradients.map((gradient) => {
      const after = losses(theta.sub(gradient.mul(rate))).arraySync() as number[];
      return after.map((loss, task) => loss - (before[task] as number));
    });
    const promised = gradients.map((stepped) =>
      gradients.map((own) => -rate * (stepped.mul(own).sum().arraySync() as number)),
    );
    const damage = changes.map((row, i) => row.map((change, j) => change - (promised[i]?.[j] as number)));
    return { changes, promised, damage };
  });
}

/**
 * Multi-task curvature: vᵀ H v of the summed loss along a step v, by one Hessian-vector product. Where conflict meets a large one,
 * following the sum overestimates what it gains.
 *
 * @param losses - [P] → [T], twice differentiable (`enableHigherOrderGradients` of nn).
 * @param theta - [P]; not disposed.
 * @param step - v, [P]; not disposed.
 * @see Yu et al. (2020), definition 3.
 */
export function curvatureAlong(losses: (theta: Tensor) => Tensor, theta: Tensor, step: Tensor): number {
  return tf.tidy(() => {
    const bent = hvp((at: Tensor) => losses(at).sum() as Scalar, theta, step);
    return bent.mul(step).sum().arraySync() as number;
  });
}
