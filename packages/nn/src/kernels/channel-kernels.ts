import { type KernelDefinition, registerKernel, runKernel, type Value } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { recordAffine, recordBroadcast, recordDot, recordScale, recordSum } from './channel-record.js';

/** [C] -> [1, C, 1, 1] */
function across(perChannel: Tensor): Tensor {
  return perChannel.reshape([1, perChannel.size, 1, 1]);
}

const affine: KernelDefinition<'x' | 'scale' | 'offset', object> = {
  name: 'TasklearnChannelAffine',
  eager: ({ x, scale, offset }) => x.mul(across(scale)).add(across(offset)),
  record: (graph, { x, scale, offset }) => recordAffine(graph, x, scale, offset),
  gradient: {
    inputsToSave: ['x', 'scale'],
    gradFunc: (dy, saved) => {
      const [x, scale] = saved as [Tensor, Tensor];
      return {
        x: () => channelScaleImages(dy as Tensor, scale),
        scale: () => channelDotImages(x, dy as Tensor),
        offset: () => channelSumImages(dy as Tensor),
      };
    },
  },
};

const scaling: KernelDefinition<'x' | 'scale', object> = {
  name: 'TasklearnChannelScale',
  eager: ({ x, scale }) => x.mul(across(scale)),
  record: (graph, { x, scale }) => recordScale(graph, x, scale),
  gradient: {
    inputsToSave: ['x', 'scale'],
    gradFunc: (dy, saved) => {
      const [x, scale] = saved as [Tensor, Tensor];
      return {
        x: () => channelScaleImages(dy as Tensor, scale),
        scale: () => channelDotImages(x, dy as Tensor),
      };
    },
  },
};

const sum: KernelDefinition<'x', object> = {
  name: 'TasklearnChannelSum',
  eager: ({ x }) => tf.sum(x, [0, 2, 3]),
  record: (graph, { x }) => recordSum(graph, x),
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => channelBroadcast(dy as Tensor, (x as Tensor).shape) }),
  },
};

const broadcast: KernelDefinition<'perChannel', { readonly shape: readonly number[] }> = {
  name: 'TasklearnChannelBroadcast',
  eager: ({ perChannel }, { shape }) => tf.broadcastTo(across(perChannel), [...shape]),
  record: (graph, { perChannel }, { shape }) => recordBroadcast(graph, perChannel, shape),
  gradient: { gradFunc: (dy) => ({ perChannel: () => channelSumImages(dy as Tensor) }) },
};

const dot: KernelDefinition<'x' | 'y', object> = {
  name: 'TasklearnChannelDot',
  eager: ({ x, y }) => tf.sum(x.mul(y), [0, 2, 3]),
  record: (graph, { x, y }: Record<'x' | 'y', Value>) => recordDot(graph, x, y),
  gradient: {
    inputsToSave: ['x', 'y'],
    gradFunc: (dy, saved) => {
      const [x, y] = saved as [Tensor, Tensor];
      return {
        x: () => channelScaleImages(y, dy as Tensor),
        y: () => channelScaleImages(x, dy as Tensor),
      };
    },
  },
};

/** x[n, c, …] · scale[c] + offset[c]: x [N, C, H, W], scale and offset [C]. The caller disposes. */
export function channelAffineImages(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  registerKernel(affine);
  return runKernel(affine.name, { x, scale, offset }) as Tensor;
}

/** x[n, c, …] · scale[c]: x [N, C, H, W], scale [C]. The caller disposes. */
export function channelScaleImages(x: Tensor, scale: Tensor): Tensor {
  registerKernel(scaling);
  return runKernel(scaling.name, { x, scale }) as Tensor;
}

/** Σ x over all but the channel: [N, C, H, W] -> [C]. The caller disposes. */
export function channelSumImages(x: Tensor): Tensor {
  registerKernel(sum);
  return runKernel(sum.name, { x }) as Tensor;
}

/** [C] repeated to [N, C, H, W]: the adjoint of the sum. The caller disposes. */
export function channelBroadcast(perChannel: Tensor, shape: readonly number[]): Tensor {
  registerKernel(broadcast);
  return runKernel(broadcast.name, { perChannel }, { shape }) as Tensor;
}

/** Σ x · y over all but the channel: [N, C, H, W] twice -> [C]. The caller disposes. */
export function channelDotImages(x: Tensor, y: Tensor): Tensor {
  registerKernel(dot);
  return runKernel(dot.name, { x, y }) as Tensor;
}
