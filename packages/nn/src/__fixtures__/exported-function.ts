import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { Operand } from '../gradients/__fixtures__/operation.js';

/** A row of the table of what this package exports: to be differentiated, and to be compiled. */
export interface ExportedFunction {
  readonly name: string;
  /** Exported names that this row exercises; `[name]` where absent. */
  readonly covers?: readonly string[];
  readonly operands: readonly Operand[];
  /** Which random point to take; default 0. Chosen where some point has a kink (equal maxima) nearby. */
  readonly point?: number;
  /** Highest derivative that is defined: 0 for what takes none, or takes derivatives itself. */
  readonly order: 0 | 1 | 2;
  apply(operands: readonly Tensor[], rng: Rng): Tensor;
}
