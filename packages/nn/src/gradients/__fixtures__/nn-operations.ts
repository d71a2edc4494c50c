import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { batchNormalize } from '../../kernels/batch-normalize.js';
import { channelAffine, channelDot, channelSum } from '../../kernels/channels.js';
import { conv2d } from '../../kernels/conv2d.js';
import { fromFeatureMaps, toFeatureMaps } from '../../kernels/feature-maps.js';
import { foldBatchNormalization } from '../../kernels/fold-batch-normalization.js';
import { averagePool, maxPool } from '../../kernels/pooling.js';
import { inDomain, type Operation } from './operation.js';

/** A batch of 2, 2 tasks, 2 channels, images of 4 by 3. */
const maps = [2, 2, 2, 4, 3] as const;
const one = [1, 1, 1, 5, 4] as const;

/** Kernels of this package on feature maps. */
export const mapOperations: readonly Operation[] = [
  {
    name: 'conv2d',
    operands: [
      [maps, [1, 2, 3, 3]],
      [maps, [2, 1, 2, 3, 3]],
      [one, [2, 1, 2, 2]],
    ],
    apply: (x, k) => conv2d(x, k),
  },
  {
    name: 'conv2d, strided',
    operands: [
      [maps, [1, 2, 3, 3]],
      [maps, [2, 1, 2, 3, 3]],
      [one, [2, 1, 2, 3]],
    ],
    apply: (x, k) => conv2d(x, k, { strides: 2 }),
  },
  {
    name: 'conv2d, leaving a row over',
    operands: [[one, [1, 1, 2, 2]]],
    apply: (x, k) => conv2d(x, k, { strides: 2, padding: 'valid' }),
  },
  {
    name: 'conv2d, padded by 1, strided',
    operands: [[one, [1, 1, 3, 3]]],
    apply: (x, k) => conv2d(x, k, { strides: [2, 1], padding: 1 }),
  },
  {
    name: 'conv2d of its own result',
    operands: [
      [
        [1, 2, 1, 3, 3],
        [2, 1, 1, 2, 2],
      ],
    ],
    apply: (x, k) => conv2d(tf.square(conv2d(x, k)), k),
  },
  {
    name: 'maxPool',
    operands: [inDomain('distinct', maps), inDomain('distinct', one)],
    apply: (x) => maxPool(x, { size: 2 }),
  },
  {
    name: 'maxPool, overlapping',
    operands: [inDomain('distinct', one)],
    apply: (x) => maxPool(x, { size: 3, strides: 2, padding: 'same' }),
  },
  {
    name: 'maxPool, step by step',
    operands: [inDomain('distinct', one)],
    apply: (x) => maxPool(x, { size: [2, 3], strides: 1 }),
  },
  { name: 'averagePool', operands: [[maps], [one]], apply: (x) => averagePool(x, { size: 2 }) },
  {
    name: 'averagePool, overlapping',
    operands: [[one]],
    apply: (x) => averagePool(x, { size: 3, strides: 2, padding: 'same' }),
  },
  {
    name: 'channelAffine',
    operands: [
      [maps, [2], [2]],
      [maps, [2, 2], [2]],
      [maps, [2, 2], [2, 2]],
    ],
    apply: (x, a, b) => channelAffine(x, a as Tensor, b as Tensor),
  },
  { name: 'channelSum', operands: [[maps]], apply: (x) => channelSum(tf.square(x)) },
  { name: 'channelDot', operands: [[maps, maps]], apply: (x, y) => channelDot(x, y as Tensor) },
  {
    name: 'batchNormalize',
    operands: [
      [maps, [2], [2]],
      [maps, [2, 2], [2, 2]],
    ],
    apply: (x, gain, bias) => batchNormalize(x, { gain: gain as Tensor, bias: bias as Tensor }, 0.1),
  },
  {
    name: 'foldBatchNormalization',
    operands: [
      [[2, 2, 1, 3, 3], [2, 1, 2, 2], [2], [2]],
      [[2, 2, 2, 3, 3], [2, 2, 2, 2, 1], [2, 2], [2]],
    ],
    apply: (x, k, gain, bias) => {
      const parameters = { gain: gain as Tensor, bias: bias as Tensor };
      const { kernel, offset } = foldBatchNormalization(x, k as Tensor, parameters, { strides: 2 }, 0.1);
      return tf.concat([kernel.reshape([kernel.size]), offset.reshape([offset.size])]);
    },
  },
  { name: 'toFeatureMaps', operands: [[[2, 1, 2, 3, 2]], [[2, 3, 2, 2, 1]]], apply: (x) => toFeatureMaps(x) },
  { name: 'fromFeatureMaps', operands: [[maps]], apply: (x) => fromFeatureMaps(x) },
  {
    name: 'a block of a convolutional network',
    operands: [[maps, [2, 2, 3, 3], [2], [2]]],
    apply: (x, k, gain, bias) => {
      const normal = batchNormalize(conv2d(x, k), { gain: gain as Tensor, bias: bias as Tensor }, 0.1);
      return averagePool(tf.tanh(normal), { size: 2 });
    },
  },
];
