import type { GradientTransformation, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * Applies transformations in order: what one calls its change is the next one's gradient. Clipping goes before an
 * optimiser: `chain(clipByGlobalNorm(1), adam({ learningRate: 1e-3 }))`.
 *
 * @returns a transformation whose state is the list of theirs.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { chain, clipByGlobalNorm, sgd } from '@tasklearn/nn';
 *
 * const optimizer = chain(clipByGlobalNorm(1), sgd(0.5));
 * const gradient = tf.tensor([3, 4]);
 * optimizer.update(gradient, optimizer.init(2), gradient, tf.scalar(0)).change.arraySync(); // => [-0.3, -0.4]
 * ```
 */
export function chain(...transformations: readonly GradientTransformation[]): GradientTransformation {
  return {
    init: (size) => transformations.map((transformation) => transformation.init(size)),
    update(gradient, state, parameters, step) {
      const states = state as readonly Tree<Tensor>[];
      let change = gradient;
      const next = transformations.map((transformation, index) => {
        const result = transformation.update(change, states[index] as Tree<Tensor>, parameters, step);
        change = result.change;
        return result.state;
      });
      return { change, state: next };
    },
  };
}
