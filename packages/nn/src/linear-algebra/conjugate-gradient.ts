import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** How {@link conjugateGradient} runs. */
export interface ConjugateGradientOptions {
  /** Static number of steps, >= 0; D of them solve exactly, but for rounding. */
  readonly iterations: number;
  /** x₀, the shape of b. Default 0, which also saves a product. */
  readonly start?: Tensor;
}

/** Under every division; a residual shorter than its root, 1e-9, counts as solved. Its square is still a float32. */
const FLOOR = 1e-18;

/** ⟨a, b⟩ of each system, [..., 1]. */
function dot(a: Tensor, b: Tensor): Tensor {
  return tf.sum(a.mul(b), -1, true);
}

/**
 * Conjugate gradients: solves A x = b for symmetric positive definite A that is known by its products only, such as
 * Hessian-vector products. All systems of the batch run at once, each with step sizes of its own.
 *
 * Repeats α = ⟨r, r⟩ / ⟨p, A p⟩, x ← x + α p, r′ = r − α A p, p ← r′ + (⟨r′, r′⟩ / ⟨r, r⟩) p a fixed number of times; a
 * system that is solved stays as it is. Derivatives go through the steps.
 *
 * @param product - p ↦ A p, linear, [..., D] → [..., D]; it may mix no systems.
 * @param rightSide - b, [..., D]: one system per leading index, e.g. [T, P] for one per task.
 * @returns x, the shape of b. With 0 iterations, x₀. The caller disposes.
 * @see Hestenes, Stiefel. Methods of Conjugate Gradients for Solving Linear Systems. 1952.
 */
export function conjugateGradient(
  product: (p: Tensor) => Tensor,
  rightSide: Tensor,
  options: ConjugateGradientOptions,
): Tensor {
  const { iterations, start } = options;
  let x = start ?? tf.zerosLike(rightSide);
  if (iterations === 0) return x.clone();
  let residual = start === undefined ? rightSide : rightSide.sub(product(start));
  let direction = residual;
  let squared = dot(residual, residual); // [..., 1]
  for (let step = 0; step < iterations; step++) {
    const image = product(direction);
    const alpha = squared.div(dot(direction, image).add(FLOOR));
    x = x.add(direction.mul(alpha));
    if (step === iterations - 1) break;
    residual = residual.sub(image.mul(alpha));
    const next = dot(residual, residual);
    direction = residual.add(direction.mul(next.div(squared.add(FLOOR))));
    squared = next;
  }
  return x;
}
