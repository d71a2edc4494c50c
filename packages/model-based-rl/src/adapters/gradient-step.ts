import type { Parameters } from '@tasklearn/nn';
import { gradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel } from '../models/dynamics-model.js';
import { maskedMean, predictionLoss } from '../models/prediction-loss.js';
import type { Window } from './adaptive-model.js';

/** Learning rates by layer, [] each. */
export type LayerRates = { readonly [layer: string]: Tensor };

/** Parameters of one model, leaves [1, ...], for each of T trials: leaves [T, ...]. */
export function perTrial(parameters: Parameters, trials: number): Parameters {
  return mapLayers(parameters, (leaf) => tf.tile(leaf, [trials, ...Array<number>(leaf.rank - 1).fill(1)]));
}

function mapLayers(
  parameters: Parameters,
  fn: (leaf: Tensor, layer: string, name: string) => Tensor,
): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([layer, leaves]) => [
      layer,
      Object.fromEntries(Object.entries(leaves).map(([name, leaf]) => [name, fn(leaf, layer, name)])),
    ]),
  );
}

/**
 * One gradient step of every trial on its own window, from parameters that may be its own.
 *
 *     θ′_t = θ_t + ψ ∘ ∇_θ mean_i log p_{θ_t}(Δ_i | s_i, a_i)
 *
 * A trial whose window is empty keeps its parameters. Differentiable in θ and ψ, through the inner gradient.
 *
 * @param parameters - leaves [T, ...].
 * @param rates - ψ, one per layer.
 */
export function gradientStep(
  model: DynamicsModel,
  parameters: Parameters,
  { transitions, mask }: Window,
  rates: LayerRates,
): Parameters {
  const slopes = gradients((at: Parameters) => {
    const losses = predictionLoss(model.predict(at, transitions.inputs), transitions.changes); // [T, M]
    return tf.sum(maskedMean(losses, mask)).asScalar() as Scalar; // A sum: no trial's step depends on the others.
  }, parameters);
  return mapLayers(parameters, (leaf, layer, name) =>
    tf.sub(leaf, tf.mul(slopes[layer]?.[name] as Tensor, rates[layer] as Tensor)),
  );
}
