import { requireInteger, requireOneOf, requirePositive, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { createInitializer, type InitializerSpec } from '../initializers/create-initializer.js';
import type { Initializer } from '../initializers/initializer.js';
import { fromFeatureMaps, toFeatureMaps } from '../kernels/feature-maps.js';
import { dense } from '../layers/dense.js';
import {
  type BlockOptions,
  blockParameters,
  convolutionBlock,
  type Normalization,
} from './convolution-block.js';
import { denseLayerOf, denseLayerParameters } from './dense-layer-parameters.js';
import type { Model } from './model.js';

/** What a convolutional network is made of. */
export interface ConvolutionalNetworkOptions {
  /** [height, width, channels]. */
  readonly inputShape: readonly number[];
  /** Default 4. */
  readonly blocks?: number;
  /** Channels of every block. Default 64. */
  readonly filters?: number;
  /** How each block halves its maps. Default `maxPool`. */
  readonly downsample?: 'maxPool' | 'stride';
  /** Default `batch`: by the statistics of the batch given, of each task alone (transductive on a query set). */
  readonly normalization?: Normalization;
  /** Sets of gain and bias with `batchPerStep`, inner steps + 1; `innerStep` of the context chooses. Default 1. */
  readonly steps?: number;
  /** ε of the normalisation. Default 1e-3. */
  readonly epsilon?: number;
  /** What is made of the last maps: all their numbers, or the mean of each channel. Default: mean with `stride`. */
  readonly features?: 'flatten' | 'mean';
  /** Outputs of a linear `head`; absent for the features themselves, an embedding. */
  readonly outputSize?: number;
  /** Of the kernels. Default `{ name: 'glorotUniform' }`. */
  readonly initializer?: Initializer | InitializerSpec;
  /** Of the head's weights. Default `{ name: 'glorotUniform' }`. */
  readonly headInitializer?: Initializer | InitializerSpec;
}

const OWNER = 'convolutionalNetwork';
const glorot: InitializerSpec = { name: 'glorotUniform' };

function asInitializer(given: Initializer | InitializerSpec): Initializer {
  return typeof given === 'function' ? given : createInitializer(given);
}

function resolve(given: ConvolutionalNetworkOptions) {
  const downsample = given.downsample ?? 'maxPool';
  const options = {
    blocks: 4,
    filters: 64,
    normalization: 'batch' as Normalization,
    steps: 1,
    epsilon: 1e-3,
    features: downsample === 'stride' ? ('mean' as const) : ('flatten' as const),
    ...given,
    downsample,
  };
  for (const key of ['blocks', 'filters', 'steps'] as const) requireInteger(OWNER, options, key);
  requirePositive(OWNER, options, 'epsilon');
  requireOneOf(OWNER, options, 'downsample', ['maxPool', 'stride']);
  requireOneOf(OWNER, options, 'normalization', ['batch', 'batchPerStep', 'layer', 'none']);
  requireOneOf(OWNER, options, 'features', ['flatten', 'mean']);
  if (given.outputSize !== undefined) requireInteger(OWNER, given as { outputSize: number }, 'outputSize');
  return options;
}

/** Height or width after all blocks. */
function sizeAfter(size: number, blocks: number, downsample: 'maxPool' | 'stride'): number {
  let current = size;
  for (let block = 0; block < blocks; block++) {
    current = downsample === 'stride' ? Math.ceil(current / 2) : Math.floor(current / 2);
  }
  return current;
}

function featureSize(options: ReturnType<typeof resolve>): number {
  const { inputShape, blocks, downsample, filters, features } = options;
  const [height, width, channels] = inputShape;
  const fits = inputShape.length === 3 && inputShape.every((size) => Number.isInteger(size) && size >= 1);
  const rows = sizeAfter(height ?? 0, blocks, downsample);
  const columns = sizeAfter(width ?? 0, blocks, downsample);
  if (!fits || rows < 1 || columns < 1) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${OWNER}: option \`inputShape\` must be [height, width, channels] with at least one pixel left after ${blocks} blocks, got [${inputShape}].`,
      { key: 'inputShape', received: inputShape, blocks, channels },
    );
  }
  return features === 'mean' ? filters : filters * rows * columns;
}

function assertImages(inputs: Tensor, inputShape: readonly number[]): void {
  if (inputs.rank === 5 && inputs.shape.slice(2).join() === inputShape.join()) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${OWNER}: expected inputs [T, B, ${inputShape}], got [${inputs.shape}].`,
    {
      expected: inputShape,
      actual: inputs.shape,
    },
  );
}

/** [B, T, C, H, W] -> [T, B, C·H·W] or [T, B, C]. */
function readOut(maps: Tensor, features: 'flatten' | 'mean'): Tensor {
  return features === 'flatten' ? fromFeatureMaps(maps) : tf.transpose(tf.mean(maps, [3, 4]), [1, 0, 2]);
}

/**
 * The usual few-shot network: blocks `layer1`, `layer2`, ... of 3x3 convolution, normalisation, rectifier and halving,
 * then, where `outputSize` is given, a linear `head`.
 *
 * - Prototypical networks: the defaults; 28x28 images become 64 numbers, 84x84 become 1,600.
 * - MAML on Omniglot: `downsample: 'stride'`, `headInitializer: { name: 'normal', standardDeviation: 1 }`. Its released
 *   code pads with zeros to `same` size, takes the mean over positions (2x2 of them for 28x28), ε = 0.001, and draws
 *   kernels by Glorot's uniform rule and the head from N(0, 1).
 * - MAML on miniImageNet: `filters: 32`, the maximum, all numbers of the last maps.
 *
 * Leaves: `kernel` [filters, in, 3, 3], `gain` and `bias` [filters] ([steps, filters] with `batchPerStep`), and the
 * head's `weight` and `bias`; each may carry a leading task axis.
 *
 * @throws `INVALID_OPTION` for an option out of range; `apply` throws `SHAPE_MISMATCH` for inputs of another shape.
 *
 * @remarks The convolutions have no bias where a normalisation follows, which would take it out again; MAML's released
 * code has it, to no effect. That code also has no gain, and learns the normalisation's bias in the outer loop only:
 * leave `gain` and `bias` out of what the inner loop adapts to get the same.
 * @see Snell, Swersky, Zemel, 2017, arXiv:1703.05175, section 3.1; Finn, Abbeel, Levine, 2017, arXiv:1703.03400,
 * section 5.2; Antoniou, Edwards, Storkey, 2019, arXiv:1810.09502, for `batchPerStep`.
 */
export function convolutionalNetwork(given: ConvolutionalNetworkOptions): Model {
  const options = resolve(given);
  const { inputShape, blocks, outputSize, features } = options;
  const size = featureSize(options);
  const block: BlockOptions = options;
  const initializer = asInitializer(options.initializer ?? glorot);
  const headInitializer = asInitializer(options.headInitializer ?? glorot);
  const names = Array.from({ length: blocks }, (_, index) => `layer${index + 1}`);

  return {
    init(rng) {
      const layers = names.map((name, index) => {
        const inputChannels = index === 0 ? (inputShape[2] as number) : block.filters;
        return [name, blockParameters(inputChannels, block, initializer, rng.split(name))] as const;
      });
      if (outputSize === undefined) return Object.fromEntries(layers);
      const head = denseLayerParameters(size, outputSize, headInitializer, rng.split('head'));
      return { ...Object.fromEntries(layers), head };
    },
    apply(parameters, inputs, context = {}) {
      assertImages(inputs, inputShape);
      let maps = toFeatureMaps(inputs); // [B, T, C, H, W]
      for (const name of names)
        maps = convolutionBlock(maps, parameters[name], block, context.innerStep ?? 0);
      const h = readOut(maps, features); // [T, B, features]
      return outputSize === undefined ? h : dense(h, denseLayerOf(OWNER, parameters, 'head'));
    },
  };
}
