import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { singleOutput } from './single-output.js';

/** A kernel whose result is constant almost everywhere: derivative zero in each operand. */
function flat(kernelName: string, ...inputs: string[]): GradConfig {
  return singleOutput(kernelName, inputs, (_, saved) =>
    Object.fromEntries(inputs.map((input, index) => [input, () => tf.zeros((saved[index] as Tensor).shape)])),
  );
}

/** Comparisons, logic and what else is made of steps. tfjs has no derivative for most, which makes masks throw. */
export const comparisonGradients: readonly GradConfig[] = [
  flat('Greater', 'a', 'b'),
  flat('GreaterEqual', 'a', 'b'),
  flat('Less', 'a', 'b'),
  flat('LessEqual', 'a', 'b'),
  flat('Equal', 'a', 'b'),
  flat('NotEqual', 'a', 'b'),
  flat('LogicalAnd', 'a', 'b'),
  flat('LogicalOr', 'a', 'b'),
  flat('LogicalXor', 'a', 'b'),
  flat('LogicalNot', 'x'),
  flat('All', 'x'),
  flat('Any', 'x'),
  flat('ArgMax', 'x'),
  flat('ArgMin', 'x'),
  flat('OneHot', 'indices'),
  flat('Step', 'x'),
];
