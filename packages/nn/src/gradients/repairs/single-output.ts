import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';

/** The gradient of a kernel with one output, as tfjs's `GradConfig` with its types narrowed to that case. */
export function singleOutput(
  kernelName: string,
  inputsToSave: readonly string[],
  gradFunc: (dy: Tensor, saved: readonly Tensor[], attributes: NamedAttrMap) => Record<string, () => Tensor>,
): GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputsToSave],
    gradFunc: (dy, saved, attributes) => gradFunc(dy as Tensor, saved, attributes),
  };
}
