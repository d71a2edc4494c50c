import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { inDomain, type Operation } from './operation.js';

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
