import type { GradientTransformation } from '@tasklearn/core';
import { createOptimizer, type OptimizerSpec } from './create-optimizer.js';

/** A learner's optimiser as JSON with every field given: those of {@link OptimizerSpec} that all optimisers have. */
export type OptimizerOptions = Required<
  Pick<OptimizerSpec, 'name' | 'learningRate' | 'warmUpSteps' | 'clipNorm' | 'clipValue'>
> & {
  /** null for a constant rate. */
  readonly schedule: OptimizerSpec['schedule'] | null;
};

/** Adam at 0.001, a constant rate, no clipping. */
export const optimizerDefaults: OptimizerOptions = {
  name: 'adam',
  learningRate: 1e-3,
  schedule: null,
  warmUpSteps: 0,
  clipNorm: 0,
  clipValue: 0,
};

/** The optimiser of a learner's options. @throws `INVALID_OPTION`. */
export function optimizerFor(options: OptimizerOptions): GradientTransformation {
  return createOptimizer(options as OptimizerSpec);
}
