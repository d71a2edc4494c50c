import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { inDomain, type Operation } from './operation.js';

/** Products of matrices. */
export const matrixOperations: readonly Operation[] = [
  {
    name: 'matMul',
    operands: [
      [
        [2, 3],
        [3, 2],
      ],
      [
        [2, 2, 3],
        [2, 3, 1],
      ],
    ],
    apply: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'matMul transposing the first',
    operands: [
      [
        [3, 2],
        [3, 2],
      ],
      [
        [2, 3, 2],
        [2, 3, 1],
      ],
    ],
    apply: (a, b) => tf.matMul(a, b, true),
  },
  {
    name: 'matMul transposing the second',
    operands: [
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 2, 3],
        [2, 1, 3],
      ],
    ],
    apply: (a, b) => tf.matMul(a, b, false, true),
  },
  {
    name: 'matMul transposing both',
    operands: [
      [
        [3, 2],
        [2, 3],
      ],
      [
        [2, 3, 2],
        [2, 1, 3],
      ],
    ],
    apply: (a, b) => tf.matMul(a, b, true, true),
  },
  {
    name: 'matMul broadcasting a batch of one',
    operands: [
      [
        [2, 2, 3],
        [1, 3, 2],
      ],
      [
        [1, 2, 3],
        [3, 3, 2],
      ],
    ],
    apply: (a, b) => tf.matMul(a, b),
  },
  {
    name: 'dot',
    operands: [
      [[4], [4]],
      [[2, 3], [3]],
    ],
    apply: (a, b) => tf.dot(a, b),
  },
  {
    name: 'outerProduct',
    operands: [[[3], [2]]],
    apply: (a, b) => tf.outerProduct(a as Tensor1D, b as Tensor1D),
  },
  {
    name: 'einsum',
    operands: [
      [
        [2, 3, 2],
        [2, 2, 3],
      ],
    ],
    apply: (a, b) => tf.einsum('tbi,tio->tbo', a, b),
    absentOn: ['wasm'],
  },
  {
    name: 'einsum of one operand',
    operands: [[[2, 3, 2]]],
    apply: (x) => tf.einsum('ijk->kj', x),
    absentOn: ['wasm'],
  },
  {
    name: 'einsum of an outer product',
    operands: [
      [
        [2, 3],
        [2, 4],
      ],
    ],
    apply: (a, b) => tf.einsum('bi,bj->bji', a, b),
    absentOn: ['wasm'],
  },
];

const reduction = (
  name: string,
  apply: (x: Tensor, axis?: number | number[]) => Tensor,
  domain: 'signed' | 'distinct' = 'signed',
): Operation[] =>
  [undefined, 0, 1, [0, 2]].map((axis) => ({
    name: `${name} over ${axis === undefined ? 'all' : JSON.stringify(axis)}`,
    operands: [inDomain(domain, [2, 3, 2])],
    apply: (x) => apply(x, axis),
  }));

/** Sums, means, products, maxima and what is made of them. */
export const reductionOperations: readonly Operation[] = [
  ...reduction('sum', (x, axis) => tf.sum(x, axis)),
  ...reduction('mean', (x, axis) => tf.mean(x, axis)),
  ...reduction('prod', (x, axis) => tf.prod(x, axis)),
  ...reduction('max', (x, axis) => tf.max(x, axis), 'distinct'),
  ...reduction('min', (x, axis) => tf.min(x, axis), 'distinct'),
  ...reduction('logSumExp', (x, axis) => tf.logSumExp(x, axis), 'distinct'),
  ...reduction('norm', (x, axis) => (Array.isArray(axis) ? tf.norm(x, 'fro', axis) : tf.norm(x, 2, axis))),
  ...reduction('variance', (x, axis) => tf.moments(x, axis).variance),
  {
    name: 'max keeping dimensions',
    operands: [inDomain('distinct', [2, 3])],
    apply: (x) => tf.max(x, 1, true).mul(x),
  },
  { name: 'softmax', operands: [[[4]], [[2, 3]]], apply: (x) => tf.softmax(x) },
  { name: 'cumsum', operands: [[[4]], [[2, 3]]], apply: (x) => tf.cumsum(x, x.rank - 1, true, true) },
  { name: 'cumsum over the first axis', operands: [[[3, 2]]], apply: (x) => tf.cumsum(x, 0) },
  { name: 'cumprod', operands: [[[4]], [[2, 3]]], apply: (x) => tf.cumprod(x, x.rank - 1) },
  {
    name: 'argMax',
    operands: [inDomain('distinct', [2, 3])],
    apply: (x) => tf.cast(tf.argMax(x, 1), 'float32').add(tf.sum(x, 1)),
  },
];
