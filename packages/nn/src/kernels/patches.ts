import { type KernelDefinition, registerKernel, runKernel } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { recordPatches } from './filter-gradient-record.js';
import { groupedConv2dBackpropInput } from './grouped-conv2d.js';
import type { ConvolutionAttributes } from './grouped-conv2d-attributes.js';
import { windowsOf } from './image-windows.js';

const kernel: KernelDefinition<'x', ConvolutionAttributes> = {
  name: 'TasklearnPatches',
  eager: ({ x }, attributes) => {
    const { groups, inputSize } = attributes;
    const [batch, channels] = x.shape as [number, number];
    const each = [batch * groups, channels / groups];
    const windows = windowsOf(x.reshape([...each, ...inputSize]), attributes, 0); // [B*G, C, H', W', P]
    return tf.transpose(windows, [0, 4, 1, 2, 3]).reshape(patchesShape(x, attributes));
  },
  record: (graph, { x }, attributes) => recordPatches(graph, x, attributes),
  gradient: {
    gradFunc: (dy, _, attributes) => ({
      x: () => patchesGradient(dy as Tensor, attributes as unknown as ConvolutionAttributes),
    }),
  },
};

/** [B*G, P*C, H'*W'], P positions in a window. */
function patchesShape(x: Tensor, { groups, kernelSize, outputSize }: ConvolutionAttributes): number[] {
  const [batch, channels] = x.shape as [number, number];
  const size = (kernelSize[0] * kernelSize[1] * channels) / groups;
  return [batch * groups, size, outputSize[0] * outputSize[1]];
}

/** Adds every number back to the pixel it is a copy of: a transposed convolution whose filters pick one number each. */
function patchesGradient(dy: Tensor, attributes: ConvolutionAttributes): Tensor {
  const { groups, kernelSize, outputSize } = attributes;
  const [matrices, size] = dy.shape as [number, number];
  const positions = kernelSize[0] * kernelSize[1];
  const channels = size / positions;
  // Row (position, channel) picks column (channel, position).
  const picks = tf.transpose(tf.eye(size).reshape([size, positions, channels]), [0, 2, 1]);
  const filter = tf.tile(picks.reshape([size, channels, ...kernelSize]), [groups, 1, 1, 1]);
  return groupedConv2dBackpropInput(
    dy.reshape([matrices / groups, groups * size, ...outputSize]),
    filter,
    attributes,
  );
}

/**
 * What each window of a convolution sees, one column per window. Compiled, the gradient of a convolution's filter on
 * the same maps shares the nodes.
 *
 * @param x - [B, G·C, H, W].
 * @returns [B·G, P·C, H′·W′], the P positions of a window row by row, the channels of each side by side. The caller disposes.
 */
export function patchesOf(x: Tensor, attributes: ConvolutionAttributes): Tensor {
  registerKernel(kernel);
  return runKernel(kernel.name, { x }, { ...attributes }) as Tensor;
}
