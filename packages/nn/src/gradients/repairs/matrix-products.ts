import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { contract, contractOne } from './contract.js';
import { singleOutput } from './single-output.js';
import { sumToShape } from './sum-to-shape.js';

function matMulGradients(
  dy: Tensor,
  saved: readonly Tensor[],
  attributes: NamedAttrMap,
): Record<string, () => Tensor> {
  const [a, b] = saved as [Tensor, Tensor];
  const { transposeA, transposeB } = attributes as unknown as { transposeA: boolean; transposeB: boolean };
  const da = () => (transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB));
  const db = () => (transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false));
  // tfjs forgets that a batch of one may have been repeated.
  const fitted = (gradient: Tensor, shape: readonly number[]) =>
    gradient.shape.join() === shape.join() ? gradient : sumToShape(gradient, shape);
  return { a: () => fitted(da(), a.shape), b: () => fitted(db(), b.shape) };
}

/** `ij,jk->ik` as its parts. */
function parseEquation(equation: string): { readonly terms: readonly string[]; readonly result: string } {
  const [operands = '', result = ''] = equation.replaceAll(' ', '').split('->');
  return { terms: operands.split(','), result };
}

/** The derivative in operand `index`: the same sum with operand and result exchanged. */
function einsumGradient(dy: Tensor, saved: readonly Tensor[], index: number, equation: string): Tensor {
  const { terms, result } = parseEquation(equation);
  const own = terms[index] as string;
  const cotangent = { tensor: dy, letters: result };
  const [other] = saved.flatMap((tensor, at) =>
    at === index ? [] : [{ tensor, letters: terms[at] as string }],
  );
  const known = [...own]
    .filter((letter) => result.includes(letter) || other?.letters.includes(letter))
    .join('');
  const part = other === undefined ? contractOne(cotangent, known) : contract(cotangent, other, known);
  // An index that only this operand has was summed: the derivative is the same along it.
  const shape = (saved[index] as Tensor).shape;
  const kept = [...own].map((letter, axis) => (known.includes(letter) ? (shape[axis] as number) : 1));
  return tf.broadcastTo(part.reshape(kept), shape);
}

/** Products of matrices. */
export const matrixProductGradients: readonly GradConfig[] = [
  singleOutput('BatchMatMul', ['a', 'b'], matMulGradients),
  {
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const equation = attributes.equation as string;
      const entries = saved.map((_, index) => [
        String(index),
        () => einsumGradient(dy as Tensor, saved, index, equation),
      ]);
      return Object.fromEntries(entries);
    },
  },
];
