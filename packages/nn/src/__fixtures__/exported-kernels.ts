import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Operand } from '../gradients/__fixtures__/operation.js';
import * as nn from '../index.js';
import type { ExportedFunction } from './exported-function.js';

const maps: Operand = { shape: [3, 2, 2, 4, 4], domain: 'distinct' };
const perChannel: Operand = [2, 2];

/** Kernels on feature maps [B, T, C, H, W]. */
export const kernels: readonly ExportedFunction[] = [
  {
    name: 'conv2d, shared',
    covers: ['conv2d'],
    operands: [maps, [3, 2, 3, 3]],
    order: 2,
    apply: ([x, kernel]) => nn.conv2d(x as Tensor, kernel as Tensor),
  },
  {
    name: 'conv2d, per task',
    covers: ['conv2d'],
    operands: [maps, [2, 3, 2, 3, 3]],
    order: 2,
    apply: ([x, kernel]) => nn.conv2d(x as Tensor, kernel as Tensor, { strides: 2 }),
  },
  {
    name: 'maxPool',
    operands: [maps],
    order: 2,
    apply: ([x]) => nn.maxPool(x as Tensor, { size: 2 }),
  },
  {
    name: 'averagePool',
    operands: [maps],
    order: 2,
    apply: ([x]) => nn.averagePool(x as Tensor, { size: 2 }),
  },
  {
    name: 'batchNormalize',
    operands: [maps, perChannel, [2]],
    order: 2,
    apply: ([x, gain, bias]) =>
      nn.batchNormalize(x as Tensor, { gain: gain as Tensor, bias: bias as Tensor }),
  },
  {
    name: 'channelAffine',
    operands: [maps, perChannel, perChannel],
    order: 2,
    apply: ([x, scale, offset]) => nn.channelAffine(x as Tensor, scale as Tensor, offset as Tensor),
  },
  {
    name: 'channelSum',
    operands: [maps],
    order: 2,
    apply: ([x]) => nn.channelSum(x as Tensor),
  },
  {
    name: 'channelDot',
    operands: [maps, maps],
    order: 2,
    apply: ([x, y]) => nn.channelDot(x as Tensor, y as Tensor),
  },
  {
    name: 'toFeatureMaps',
    operands: [[2, 3, 4, 4, 2]],
    order: 2,
    apply: ([x]) => nn.toFeatureMaps(x as Tensor),
  },
  {
    name: 'fromFeatureMaps',
    operands: [maps],
    order: 2,
    apply: ([x]) => nn.fromFeatureMaps(x as Tensor),
  },
];

type Pair = { readonly x: Tensor; readonly y: Tensor };

/** x³ y + tanh x: a scalar with all second derivatives. */
function cubic({ x, y }: Pair): tf.Scalar {
  return tf.sum(tf.tanh(x).add(x.mul(x).mul(x).mul(y)));
}

function joined({ x, y }: Pair): Tensor {
  return tf.concat([x, y]);
}

/** What takes derivatives itself. */
export const differentiators: readonly ExportedFunction[] = [
  {
    name: 'gradients',
    operands: [[3], [3]],
    order: 0,
    apply: ([x, y]) => joined(nn.gradients(cubic, { x, y } as Pair)),
  },
  {
    name: 'valueAndGradients',
    operands: [[3], [3]],
    order: 0,
    apply: ([x, y]) => nn.valueAndGradients(cubic, { x, y } as Pair).value,
  },
  {
    name: 'hvp',
    operands: [[3], [3], [3]],
    order: 0,
    apply: ([x, y, v]) => joined(nn.hvp(cubic, { x, y } as Pair, { x: v, y: v } as Pair)),
  },
  {
    name: 'vjp',
    operands: [[3], [3]],
    order: 0,
    apply: ([x, v]) => nn.vjp((at: Tensor) => tf.tanh(at).mul(at), x as Tensor, v as Tensor),
  },
  {
    name: 'jvp',
    operands: [[3], [3]],
    order: 0,
    apply: ([x, v]) => nn.jvp((at: Tensor) => tf.tanh(at).mul(at), x as Tensor, v as Tensor),
  },
  {
    name: 'stopGradient',
    operands: [[3]],
    order: 0,
    apply: ([x]) => nn.gradients((at: Tensor) => tf.sum(at.mul(nn.stopGradient(at))), x as Tensor),
  },
  {
    name: 'perTaskGradients',
    covers: ['perTaskGradients', 'flattenPerTask'],
    operands: [[3], [2, 3]],
    order: 0,
    apply: ([w, x]) => {
      const losses = (at: Tensor) => tf.sum(tf.tanh(at.mul(x as Tensor)), 1);
      return nn.flattenPerTask({ w: nn.perTaskGradients(losses, w as Tensor, 2).gradients });
    },
  },
  {
    name: 'totalGradients',
    operands: [[3], [3]],
    order: 0,
    apply: ([theta, y]) =>
      nn.totalGradients(
        (at: Tensor, phi: Tensor) => tf.sum(at.mul(phi)),
        (at: Tensor) => tf.tanh(at).mul(y as Tensor),
        theta as Tensor,
      ),
  },
  {
    name: 'partialGradients',
    operands: [[3], [3]],
    order: 0,
    apply: ([theta, phi]) =>
      nn.partialGradients(
        (at: Tensor, p: Tensor) => tf.sum(tf.tanh(at.mul(p))),
        theta as Tensor,
        phi as Tensor,
      ).phi,
  },
];
