import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
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

/** Operations that move elements. */
export const shapeOperations: readonly Operation[] = [
  { name: 'reshape', operands: [[[2, 3]]], apply: (x) => x.reshape([3, 2]) },
  { name: 'expandDims', operands: [[[2, 3]]], apply: (x) => x.expandDims(1) },
  { name: 'transpose', operands: [[[2, 3, 2]]], apply: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'transpose of all axes', operands: [[[2, 3, 2]]], apply: (x) => tf.transpose(x) },
  { name: 'slice', operands: [[[3, 3]]], apply: (x) => tf.slice(x, [1, 0], [2, -1]) },
  { name: 'stridedSlice', operands: [[[5, 4]]], apply: (x) => tf.stridedSlice(x, [0, 1], [5, 4], [2, 2]) },
  {
    name: 'stridedSlice backwards, with masks',
    operands: [[[5, 4]]],
    apply: (x) => tf.stridedSlice(x, [0, 3], [0, 0], [1, -2], 1, 1, 0, 0, 0),
  },
  {
    name: 'concat',
    operands: [
      [
        [2, 3],
        [2, 1],
      ],
    ],
    apply: (a, b) => tf.concat([a, b, a], 1),
  },
  {
    name: 'split',
    operands: [[[2, 4]]],
    apply: (x) => (tf.split(x, [1, 3], 1) as [Tensor, Tensor]).reduce((a, b) => tf.add(a, b)),
  },
  { name: 'one part of split', operands: [[[2, 4]]], apply: (x) => tf.split(x, 2, 1)[1] as Tensor },
  {
    name: 'stack',
    operands: [
      [
        [2, 3],
        [2, 3],
      ],
    ],
    apply: (a, b) => tf.stack([a, b], 1),
  },
  { name: 'unstack', operands: [[[2, 3]]], apply: (x) => tf.unstack(x, 1)[1] as Tensor },
  {
    name: 'pad',
    operands: [[[2, 3]]],
    apply: (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
  },
  {
    name: 'mirrorPad reflecting',
    recordable: false,
    operands: [[[4]], [[3, 3]]],
    apply: (x) =>
      tf.mirrorPad(
        x,
        x.shape.map(() => [1, 2]),
        'reflect',
      ),
  },
  {
    name: 'mirrorPad symmetric',
    recordable: false,
    operands: [[[4]], [[3, 3]]],
    apply: (x) =>
      tf.mirrorPad(
        x,
        x.shape.map(() => [2, 1]),
        'symmetric',
      ),
  },
  {
    name: 'tile',
    operands: [[[3]], [[2, 3]]],
    apply: (x) =>
      tf.tile(
        x,
        x.shape.map((_, axis) => axis + 2),
      ),
  },
  { name: 'tile of rank 5', operands: [[[1, 2, 1, 1, 2]]], apply: (x) => tf.tile(x, [2, 1, 3, 1, 2]) },
  { name: 'broadcastTo', operands: [[[3, 1]]], apply: (x) => tf.broadcastTo(x, [2, 3, 2]) },
  { name: 'reverse', operands: [[[2, 3]]], apply: (x) => tf.reverse(x, 1) },
  { name: 'gather', operands: [[[4, 2]]], apply: (x) => tf.gather(x, tf.tensor1d([1, 3, 1], 'int32')) },
  {
    name: 'gather along the last axis',
    operands: [[[2, 4]]],
    apply: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [1, 3],
            [0, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
      ),
  },
  {
    name: 'gather in batches',
    operands: [[[2, 4]]],
    apply: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [1, 3],
            [0, 0],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
  },
  {
    name: 'gatherND',
    operands: [[[3, 2]]],
    apply: (x) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [2, 0],
            [0, 1],
          ],
          [3, 2],
          'int32',
        ),
      ),
  },
  {
    name: 'unsortedSegmentSum',
    operands: [[[4, 2]]],
    apply: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 2], 'int32'), 4),
    absentOn: ['wasm'],
  },
  { name: 'topk', operands: [inDomain('distinct', [2, 4])], apply: (x) => tf.topk(x, 2).values },
  { name: 'addN', operands: [[[2], [2]]], apply: (a, b) => tf.addN([a, b, a]) },
  {
    recordable: false,
    name: 'spaceToBatchND',
    operands: [[[1, 2, 2, 1]]],
    apply: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
];

/** TensorFlow.js's own channels-last convolution and pooling. */
export const imageOperations: readonly Operation[] = [
  {
    name: 'tf.conv2d',
    operands: [
      [
        [1, 4, 4, 1],
        [3, 3, 1, 2],
      ],
    ],
    apply: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
  },
  {
    name: 'tf.conv2d with strides',
    operands: [
      [
        [1, 4, 4, 1],
        [3, 3, 1, 2],
      ],
    ],
    apply: (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, 'same'),
  },
  {
    name: 'tf.conv2dTranspose',
    operands: [
      [
        [1, 2, 2, 2],
        [3, 3, 1, 2],
      ],
    ],
    apply: (x, filter) => tf.conv2dTranspose(x as Tensor4D, filter as Tensor4D, [1, 4, 4, 1], 2, 'same'),
  },
  {
    name: 'tf.depthwiseConv2d',
    operands: [
      [
        [1, 4, 4, 2],
        [2, 2, 2, 2],
      ],
    ],
    apply: (x, filter) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
  },
  { name: 'tf.avgPool', operands: [[[1, 4, 4, 1]]], apply: (x) => tf.avgPool(x as Tensor4D, 2, 2, 'valid') },
  {
    name: 'tf.maxPool',
    operands: [inDomain('distinct', [1, 4, 4, 1])],
    apply: (x) => tf.maxPool(x as Tensor4D, 2, 2, 'valid'),
  },
  {
    name: 'tf.losses.sigmoidCrossEntropy',
    operands: [inDomain('positive', [2, 3], [2, 3])],
    apply: (labels, logits) => tf.losses.sigmoidCrossEntropy(labels, logits),
  },
];

/** Every operation of TensorFlow.js that recorded functions may use. */
export const tensorflowOperations: readonly Operation[] = [
  ...unaryOperations,
  ...binaryOperations,
  ...matrixOperations,
  ...reductionOperations,
  ...shapeOperations,
  ...imageOperations,
];
