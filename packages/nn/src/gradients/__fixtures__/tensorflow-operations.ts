import { binaryOperations, unaryOperations } from './elementwise-operations.js';
import type { Operation } from './operation.js';
import { matrixOperations, reductionOperations } from './reduction-operations.js';
import { imageOperations, shapeOperations } from './shape-operations.js';

/** Every operation of TensorFlow.js that recorded functions may use. */
export const tensorflowOperations: readonly Operation[] = [
  ...unaryOperations,
  ...binaryOperations,
  ...matrixOperations,
  ...reductionOperations,
  ...shapeOperations,
  ...imageOperations,
];
