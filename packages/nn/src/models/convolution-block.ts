import type { Rng } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Initializer } from '../initializers/initializer.js';
import { type BatchNormalizeParameters, batchNormalize } from '../kernels/batch-normalize.js';
import { channelAffine } from '../kernels/channels.js';
import { conv2d } from '../kernels/conv2d.js';
import { foldBatchNormalization, foldingPays } from '../kernels/fold-batch-normalization.js';
import { maxPooledConv2d } from '../kernels/max-pooled-conv2d.js';
import { maxPool } from '../kernels/pooling.js';
import { layerNorm } from '../layers/layer-norm.js';

/** How the maps of a block are normalised. */
export type Normalization = 'batch' | 'batchPerStep' | 'layer' | 'none';

/** What all blocks of a network share. */
export interface BlockOptions {
  readonly filters: number;
  readonly downsample: 'maxPool' | 'stride';
  readonly normalization: Normalization;
  /** Sets of gain and bias with `batchPerStep`: inner steps + 1. */
  readonly steps: number;
  readonly epsilon: number;
}

type BlockParameters = { readonly [name: string]: Tensor };

/** First values of one block: kernel [out, in, 3, 3], gain and bias [out], or [steps, out] with `batchPerStep`. */
export function blockParameters(
  inputChannels: number,
  options: BlockOptions,
  initializer: Initializer,
  rng: Rng,
): BlockParameters {
  const { filters, normalization, steps } = options;
  const fans = { fanIn: inputChannels * 9, fanOut: filters * 9 };
  const kernel = initializer([filters, inputChannels, 3, 3], fans, rng.split('kernel'));
  const shape = normalization === 'batchPerStep' ? [steps, filters] : [filters];
  const bias = tf.zeros(shape);
  return normalization === 'none' ? { kernel, bias } : { kernel, gain: tf.ones(shape), bias };
}

/** Row `step` of [steps, C] or [T, steps, C]: [C] or [T, C]. Steps past the last use the last. */
function atStep(parameter: Tensor, step: number): Tensor {
  const steps = parameter.shape[parameter.rank - 2] as number;
  const channels = parameter.shape[parameter.rank - 1] as number;
  const row = Math.min(step, steps - 1);
  if (parameter.rank === 2) return tf.slice(parameter, [row, 0], [1, channels]).reshape([channels]);
  const tasks = parameter.shape[0] as number;
  return tf.slice(parameter, [0, row, 0], [tasks, 1, channels]).reshape([tasks, channels]);
}

/** Each image by its own mean and variance over channels and pixels, then gain and bias per channel. */
function layerNormalize(maps: Tensor, gain: Tensor, bias: Tensor, epsilon: number): Tensor {
  const [batch, tasks] = maps.shape as [number, number];
  const flat = maps.reshape([batch, tasks, maps.size / (batch * tasks)]); // [B, T, C·H·W]
  return channelAffine(layerNorm(flat, {}, epsilon).reshape(maps.shape), gain, bias);
}

/** Gain and bias of batch normalisation at an inner step; `undefined` for another normalisation. */
function batchParameters(
  { gain, bias }: BlockParameters,
  { normalization }: BlockOptions,
  step: number,
): BatchNormalizeParameters | undefined {
  if (gain === undefined || bias === undefined) return undefined;
  if (normalization === 'batch') return { gain, bias };
  return normalization === 'batchPerStep'
    ? { gain: atStep(gain, step), bias: atStep(bias, step) }
    : undefined;
}

function normalized(maps: Tensor, parameters: BlockParameters, options: BlockOptions, step: number): Tensor {
  const { gain, bias } = parameters as { gain: Tensor; bias: Tensor };
  const batch = batchParameters(parameters, options, step);
  if (batch !== undefined) return batchNormalize(maps, batch, options.epsilon);
  if (options.normalization === 'layer') return layerNormalize(maps, gain, bias, options.epsilon);
  return maps.add(bias.reshape([...bias.shape, 1, 1]));
}

/**
 * Convolution, normalisation and halving. With few input channels, where one pass over the large maps costs more than
 * making them, the normalisation is folded into the kernel and the maximum taken of four convolutions.
 */
function halved(
  maps: Tensor,
  kernel: Tensor,
  parameters: BlockParameters,
  options: BlockOptions,
  step: number,
) {
  const pools = options.downsample === 'maxPool';
  const convolution = { strides: pools ? 1 : 2, padding: 'same' } as const;
  const batch = batchParameters(parameters, options, step);
  if (batch !== undefined && foldingPays(kernel)) {
    const folded = foldBatchNormalization(maps, kernel, batch, convolution, options.epsilon);
    const y = pools ? maxPooledConv2d(maps, folded.kernel) : conv2d(maps, folded.kernel, convolution);
    return channelAffine(y, tf.ones([options.filters]), folded.offset);
  }
  const y = normalized(conv2d(maps, kernel, convolution), parameters, options, step);
  return pools ? maxPool(y, { size: 2 }) : y;
}

/**
 * One block: 3x3 convolution with `same` padding, normalisation, rectifier, and halving by a 2x2 maximum or by the
 * convolution's stride. The maximum is taken before the rectifier: as the rectifier never decreases, that is the
 * same function with the same derivative, on a quarter of the numbers.
 *
 * @param maps - [B, T, C, H, W].
 * @param step - which gain and bias of `batchPerStep`.
 * @returns [B, T, filters, H′, W′].
 */
export function convolutionBlock(
  maps: Tensor,
  parameters: BlockParameters | undefined,
  options: BlockOptions,
  step: number,
): Tensor {
  const kernel = parameters?.kernel;
  if (parameters === undefined || kernel === undefined) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      'convolutionalNetwork: a layer of the parameters is missing.',
      {
        found: Object.keys(parameters ?? {}),
      },
    );
  }
  return tf.relu(halved(maps, kernel, parameters, options, step));
}
