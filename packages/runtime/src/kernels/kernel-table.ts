import { addRecordedKernel } from '../record/kernel-registry.js';
import { activationKernels } from './activations.js';
import { comparisonKernels } from './comparisons.js';
import { convolutionKernels } from './convolutions.js';
import { creationKernels } from './creation-kernels.js';
import { binaryKernels } from './elementwise-binary.js';
import { unaryKernels } from './elementwise-unary.js';
import { indexKernels } from './index-kernels.js';
import type { RecordedKernel } from './kernel.js';
import { matrixProductKernels } from './matrix-products.js';
import { poolingKernels } from './pooling.js';
import { reductionKernels } from './reductions.js';
import { shapeKernels } from './shape-kernels.js';
import { sliceKernels } from './slice-kernels.js';

/** Every TensorFlow.js kernel that can be recorded. */
export const kernelTable: readonly RecordedKernel[] = [
  ...unaryKernels,
  ...binaryKernels,
  ...activationKernels,
  ...comparisonKernels,
  ...reductionKernels,
  ...matrixProductKernels,
  ...shapeKernels,
  ...sliceKernels,
  ...indexKernels,
  ...creationKernels,
  ...convolutionKernels,
  ...poolingKernels,
] as unknown as readonly RecordedKernel[];

let added = false;

/** Makes TensorFlow.js's own kernels recordable, once. */
export function addKernelTable(): void {
  if (added) return;
  added = true;
  for (const kernel of kernelTable) addRecordedKernel(kernel);
}
