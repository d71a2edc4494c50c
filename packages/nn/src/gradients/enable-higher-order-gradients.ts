import type { GradConfig } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { arithmeticGradients } from './repairs/arithmetic.js';
import { comparisonGradients } from './repairs/comparisons.js';
import { exponentialGradients } from './repairs/exponentials.js';
import { gatherGradients } from './repairs/gathers.js';
import { imageGradients } from './repairs/images.js';
import { matrixProductGradients } from './repairs/matrix-products.js';
import { piecewiseLinearGradients } from './repairs/piecewise-linear.js';
import { reductionGradients } from './repairs/reductions.js';
import { sliceGradients } from './repairs/slices.js';
import { softmaxGradients } from './repairs/softmax.js';

const repairs: readonly GradConfig[] = [
  ...arithmeticGradients,
  ...comparisonGradients,
  ...exponentialGradients,
  ...gatherGradients,
  ...imageGradients,
  ...matrixProductGradients,
  ...piecewiseLinearGradients,
  ...reductionGradients,
  ...sliceGradients,
  ...softmaxGradients,
];

/** What TensorFlow.js had registered; `undefined` where it had nothing. Set while the repairs are on. */
let originals: ReadonlyMap<string, GradConfig | undefined> | undefined;

function register(kernelName: string, config: GradConfig | undefined): void {
  if (tf.getGradient(kernelName) != null) tf.unregisterGradient(kernelName);
  if (config !== undefined) tf.registerGradient(config);
}

/**
 * Makes TensorFlow.js's derivatives right to second order, by registering other ones for the kernels where it is
 * wrong or silent. Process-wide; calling it again changes nothing. `valueAndGradients`, `gradients`, `hvp` and the
 * training loop call it; call it yourself before `tf.grad` and `tf.grads`.
 *
 * TensorFlow.js 4.22 saves the *results* of exp, tanh, sigmoid, softmax, elu, pow, ..., which loses the path of a
 * second derivative: an error where it is the only path, else a wrong number without an error. Comparisons have no
 * derivative at all, so masks throw.
 */
export function enableHigherOrderGradients(): void {
  if (originals !== undefined) return;
  originals = new Map(repairs.map(({ kernelName }) => [kernelName, tf.getGradient(kernelName) ?? undefined]));
  for (const config of repairs) register(config.kernelName, config);
}

/**
 * Restores TensorFlow.js's own derivatives. For tests that show what the repair repairs: `gradients` and its kin switch
 * it on again.
 */
export function disableHigherOrderGradients(): void {
  if (originals === undefined) return;
  for (const [kernelName, config] of originals) register(kernelName, config);
  originals = undefined;
}
