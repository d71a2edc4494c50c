import type { Tensor } from '@tensorflow/tfjs';
import { itemCrossEntropy } from './item-cross-entropy.js';
import { meanOverItems } from './mean-over-items.js';

/**
 * Cross-entropy from logits, the negative log-likelihood of a categorical distribution, averaged over items.
 *
 * L_t = mean_b ( log Σ_n exp z_tbn − Σ_n y_tbn z_tbn )
 *
 * Right to second order in the logits once `enableHigherOrderGradients()` has been called, as every
 * differentiating function of this package does; targets take no gradient. The largest logit is subtracted
 * first, so logits of any size are safe.
 *
 * @param logits - z, [T, B, N].
 * @param targets - class indices int32 [T, B], or probabilities y float32 [T, B, N] that sum to 1.
 * @param mask - 0/1, [T, B].
 * @returns nats, [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if targets fit neither form.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  return meanOverItems(itemCrossEntropy(logits, targets), mask);
}
