import {
  float,
  type GraphBuilder,
  type KernelDefinition,
  registerKernel,
  runKernel,
  type Value,
} from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../gradients/stop-gradient.js';
import {
  channelAffineImages,
  channelDotImages,
  channelScaleImages,
  channelSumImages,
} from './channel-kernels.js';

interface Attributes {
  readonly epsilon: number;
}

type Definition = KernelDefinition<'x' | 'gain' | 'bias', Attributes>;

/** Numbers that share a mean and variance: batch times pixels. */
function countOf({ shape, size }: Tensor): number {
  return size / (shape[1] as number);
}

/** [C] -> [1, C, 1, 1] */
function across(perChannel: Tensor): Tensor {
  return perChannel.reshape([1, perChannel.size, 1, 1]);
}

function momentsEager(x: Tensor): [Tensor, Tensor] {
  const mean = tf.mean(x, [0, 2, 3]);
  return [mean, tf.mean(tf.square(tf.sub(x, across(mean))), [0, 2, 3])];
}

/**
 * Two buffers of one number per channel that nothing else reads. ONNX Runtime writes the statistics of a
 * `BatchNormalization` over the running statistics it is given, so those may be neither constants, which the engine
 * shares, nor values with other readers. What they hold does not matter, as long as it is finite.
 */
function spareBuffers(graph: GraphBuilder, x: Value): [Value, Value] {
  const channels = x.shape[1] as number;
  const corner = [1, channels, 1, 1];
  const range = [graph.integers([0, 0, 0]), graph.integers([1, 1, 1]), graph.integers([0, 2, 3])];
  const cut = graph.add('Slice', [x, ...range], { dtype: 'float32', shape: corner });
  const perChannel = { dtype: 'float32', shape: [channels] } as const;
  const values = graph.add('Reshape', [cut, graph.integers([channels])], perChannel);
  return [graph.add('Sin', [values], perChannel), graph.add('Cos', [values], perChannel)];
}

/**
 * ONNX `BatchNormalization` in training mode: normalised maps, mean and variance from one node, the variance from
 * centred values. Both kernels of the family record the same node, so common subexpressions leave one.
 */
function recordNormalization(
  graph: GraphBuilder,
  { x, gain, bias }: Readonly<Record<'x' | 'gain' | 'bias', Value>>,
  { epsilon }: Attributes,
): { normal: Value; mean: Value; variance: Value } {
  const perChannel = { dtype: 'float32', shape: [x.shape[1] as number] } as const;
  const [normal, mean, variance] = graph.addMany(
    'BatchNormalization',
    [x, gain, bias, ...spareBuffers(graph, x)],
    [{ dtype: 'float32', shape: x.shape }, perChannel, perChannel],
    { epsilon: float(epsilon), momentum: float(0), training_mode: 1 },
  );
  return { normal: normal as Value, mean: mean as Value, variance: variance as Value };
}

const moments: Definition = {
  name: 'TasklearnBatchMoments',
  eager: ({ x }) => momentsEager(x),
  record: (graph, inputs, attributes) => {
    const { mean, variance } = recordNormalization(graph, inputs, attributes);
    return [mean, variance];
  },
  gradient: {
    inputsToSave: ['x', 'gain', 'bias'],
    gradFunc: (cotangents, saved, attributes) => {
      const [x, gain, bias] = saved as [Tensor, Tensor, Tensor];
      const [dMean, dVariance] = cotangents as [Tensor, Tensor];
      return {
        x: () => momentsGradient(x, gain, bias, dMean, dVariance, attributes.epsilon as number),
        gain: () => tf.zerosLike(gain),
        bias: () => tf.zerosLike(bias),
      };
    },
  },
};

/** From μ = Σx/n and σ² = Σ(x - μ)²/n: dx = dμ/n + 2 dσ² (x - μ)/n, one affine map of x per channel. */
function momentsGradient(
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  dMean: Tensor,
  dVariance: Tensor,
  epsilon: number,
): Tensor {
  const count = countOf(x);
  const [mean] = batchMoments(x, gain, bias, epsilon);
  const slope = tf.mul(dVariance, 2 / count);
  return channelAffineImages(x, slope, tf.sub(tf.mul(dMean, 1 / count), tf.mul(mean, slope)));
}

/**
 * The mean and variance of each channel. `gain` and `bias` do not enter the result: they make this the node that
 * normalised the same maps.
 */
function batchMoments(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): [Tensor, Tensor] {
  registerKernel(moments);
  const operands = { x, gain: stopGradient(gain), bias: stopGradient(bias) };
  return runKernel(moments.name, operands, { epsilon }) as [Tensor, Tensor];
}

const normalization: Definition = {
  name: 'TasklearnBatchNormalization',
  eager: ({ x, gain, bias }, { epsilon }) => {
    const [mean, variance] = momentsEager(x);
    const scale = tf.mul(gain, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(tf.sub(x, across(mean)), across(scale)), across(bias));
  },
  record: (graph, inputs, attributes) => recordNormalization(graph, inputs, attributes).normal,
  gradient: {
    inputsToSave: ['x', 'gain', 'bias'],
    gradFunc: (dy, saved, attributes) => {
      const [x, gain, bias] = saved as [Tensor, Tensor, Tensor];
      return normalizationGradients(dy as Tensor, x, gain, bias, attributes.epsilon as number);
    },
  },
};

/**
 * With r = (σ² + ε)^-½ and y = γ r (x - μ) + β, for each channel:
 *
 * dβ = Σdy; dγ = r D with D = Σ(x - μ) dy; and through γ r, σ² and μ,
 * dx = γ r dy - (γ r³ D / n)(x - μ) - γ r Σdy / n.
 */
function normalizationGradients(
  dy: Tensor,
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  epsilon: number,
): Record<'x' | 'gain' | 'bias', () => Tensor> {
  const count = countOf(x);
  const [mean, variance] = batchMoments(x, gain, bias, epsilon);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const scale = tf.mul(gain, inverse);
  const sum = channelSumImages(dy);
  const product = tf.sub(channelDotImages(x, dy), tf.mul(mean, sum)); // D
  return {
    x: () => {
      const slope = tf.mul(tf.mul(tf.mul(scale, tf.square(inverse)), product), -1 / count);
      const offset = tf.sub(tf.mul(tf.mul(scale, sum), -1 / count), tf.mul(slope, mean));
      return tf.add(channelScaleImages(dy, scale), channelAffineImages(x, slope, offset));
    },
    gain: () => tf.mul(inverse, product),
    bias: () => sum.clone(),
  };
}

/**
 * Each channel normalised by its own mean and variance over batch and pixels: the kernel under `batchNormalize`. With
 * its moments and the channel kernels it is closed under differentiation.
 *
 * @param x - [N, C, H, W].
 * @param gain - γ, [C].
 * @param bias - β, [C].
 * @returns [N, C, H, W]. The caller disposes.
 */
export function batchNormalizeImages(x: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor {
  registerKernel(normalization);
  return runKernel(normalization.name, { x, gain, bias }, { epsilon }) as Tensor;
}
