import { distributions } from './exported-distributions.js';
import type { ExportedFunction } from './exported-function.js';
import { differentiators, kernels } from './exported-kernels.js';
import { layers, losses } from './exported-layers.js';
import { linearAlgebra } from './exported-linear-algebra.js';
import { initializers, models } from './exported-models.js';
import { optimizers } from './exported-optimizers.js';

/** Every exported function that takes or makes tensors, as rows to differentiate and compile. */
export const exportedFunctions: readonly ExportedFunction[] = [
  ...layers,
  ...losses,
  ...models,
  ...initializers,
  ...distributions,
  ...optimizers,
  ...linearAlgebra,
  ...kernels,
  ...differentiators,
];

/** Exported values that are no function of tensors, or cannot be part of a recorded function. */
export const withoutRow: Readonly<Record<string, string>> = {
  VERSION: 'a string',
  outputSizeOf: 'returns a number',
  isConvolutional: 'returns a boolean',
  isImageShape: 'returns a boolean',
  networkDefaults: 'options',
  networkFor: 'makes one of the models that have a row',
  validateNetworkOptions: 'checks options',
  optimizerDefaults: 'options',
  optimizerFor: 'makes one of the optimisers that have a row',
  checkGradients: 'reads values',
  enableHigherOrderGradients: 'no tensors',
  disableHigherOrderGradients: 'no tensors',
};
