import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { inDomain, type Operation } from './operation.js';

const unary = (
  name: string,
  apply: (x: Tensor) => Tensor,
  domain: 'signed' | 'positive' | 'inside' = 'signed',
): Operation => ({
  name,
  operands: [inDomain(domain, [5]), inDomain(domain, [2, 3])],
  apply,
});

const binary = (
  name: string,
  apply: (a: Tensor, b: Tensor) => Tensor,
  domain: 'signed' | 'positive' | 'distinct' = 'signed',
): Operation => ({
  name,
  operands: [inDomain(domain, [2, 3], [2, 3]), inDomain(domain, [2, 3], [3]), inDomain(domain, [2, 1], [3])],
  apply,
});

/** Elementwise operations of one operand. */
export const unaryOperations: readonly Operation[] = [
  unary('abs', tf.abs),
  unary('acos', tf.acos, 'inside'),
  unary('acosh', (x) => tf.acosh(x.add(1.5)), 'positive'),
  unary('asin', tf.asin, 'inside'),
  unary('asinh', tf.asinh),
  unary('atan', tf.atan),
  unary('atanh', tf.atanh, 'inside'),
  unary('cast', (x) => tf.cast(x, 'float32')),
  unary('ceil', (x) => tf.ceil(x).add(x)),
  unary('clipByValue', (x) => tf.clipByValue(x, -1.01, 0.11)),
  unary('clone', (x) => x.clone()),
  unary('cos', tf.cos),
  unary('cosh', tf.cosh),
  unary('elu', tf.elu),
  unary('erf', tf.erf),
  unary('exp', tf.exp),
  unary('expm1', tf.expm1),
  unary('floor', (x) => tf.floor(x).add(x)),
  unary('leakyRelu', (x) => tf.leakyRelu(x, 0.3)),
  unary('log', tf.log, 'positive'),
  unary('log1p', tf.log1p, 'inside'),
  unary('neg', tf.neg),
  unary('reciprocal', tf.reciprocal),
  unary('relu', tf.relu),
  unary('relu6', (x) => tf.relu6(x.mul(5))),
  unary('round', (x) => tf.round(x.mul(0.3)).add(x)),
  unary('rsqrt', tf.rsqrt, 'positive'),
  unary('selu', tf.selu),
  unary('sigmoid', tf.sigmoid),
  unary('sign', (x) => tf.sign(x).mul(x)),
  unary('sin', tf.sin),
  unary('sinh', tf.sinh),
  unary('softplus', tf.softplus),
  unary('sqrt', tf.sqrt, 'positive'),
  unary('square', tf.square),
  unary('step', (x) => tf.step(x, 0.1).mul(x)),
  unary('tan', tf.tan, 'inside'),
  unary('tanh', tf.tanh),
  unary('zerosLike', (x) => tf.zerosLike(x).add(x)),
  unary('onesLike', (x) => tf.onesLike(x).mul(x)),
];

/** Elementwise operations of two operands, with and without broadcasting. */
export const binaryOperations: readonly Operation[] = [
  binary('add', tf.add),
  binary('sub', tf.sub),
  binary('mul', tf.mul),
  binary('div', tf.div),
  binary('divNoNan', tf.divNoNan),
  binary('maximum', tf.maximum, 'distinct'),
  binary('minimum', tf.minimum, 'distinct'),
  binary('squaredDifference', tf.squaredDifference),
  binary('pow', tf.pow, 'positive'),
  binary('atan2', tf.atan2),
  binary('mod', (a, b) => tf.mod(a.add(10), b.add(3.3)), 'positive'),
  {
    name: 'prelu',
    operands: [
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3]],
    ],
    apply: (x, alpha) => tf.prelu(x, alpha),
  },
  binary('where', (a, b) => tf.where(tf.greater(a, b), a.mul(b), b.square())),
  binary('whereLogical', (a, b) =>
    tf.where(tf.logicalAnd(tf.lessEqual(a, b), tf.logicalNot(tf.less(b, 0))), a.square(), a.mul(b)),
  ),
  binary('equalMask', (a, b) =>
    tf
      .cast(tf.logicalOr(tf.notEqual(a, b), tf.equal(a, b)), 'float32')
      .mul(a)
      .mul(tf.cast(tf.greaterEqual(a, b), 'float32')),
  ),
  binary('xorMask', (a, b) =>
    tf
      .cast(tf.logicalXor(tf.greater(a, 0), tf.less(b, 0)), 'float32')
      .mul(a)
      .add(b),
  ),
];
