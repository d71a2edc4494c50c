import {
  type GraphBuilder,
  type KernelDefinition,
  registerKernel,
  runKernel,
  type Value,
} from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { addWindows, windowsOf } from './image-windows.js';
import { type SpatialWindow, unreachedSize } from './spatial-window.js';

type Definition<Name extends string> = KernelDefinition<Name, SpatialWindow>;

/** 1 / (pixels of the image that each window sees), row by row, [H′·W′]. */
function shares(window: SpatialWindow): Float32Array {
  const { inputSize, kernelSize, strides, pads, outputSize } = window;
  const seen = (axis: 0 | 1, index: number) => {
    const start = index * strides[axis] - pads[axis];
    return Math.min(start + kernelSize[axis], inputSize[axis]) - Math.max(start, 0);
  };
  const [height, width] = outputSize;
  return Float32Array.from({ length: height * width }, (_, index) => {
    return 1 / (seen(0, Math.floor(index / width)) * seen(1, index % width));
  });
}

/** Adds dy · share to every pixel of its window: a transposed convolution of each channel alone, with ones. */
function recordBackprop(graph: GraphBuilder, dy: Value, window: SpatialWindow): Value {
  const { inputSize, outputSize, kernelSize, strides, pads } = window;
  const [batch, channels] = dy.shape as [number, number];
  const float = (shape: readonly number[]) => ({ dtype: 'float32', shape }) as const;
  const share = graph.constant({ ...float([1, 1, ...outputSize]), data: shares(window) });
  const scaled = graph.add('Mul', [dy, share], float(dy.shape));
  const separate = [batch * channels, 1, ...outputSize];
  const images = graph.add('Reshape', [scaled, graph.integers(separate)], float(separate));
  const ones = new Float32Array(kernelSize[0] * kernelSize[1]).fill(1);
  const filter = graph.constant({ ...float([1, 1, ...kernelSize]), data: ones });
  const unreached = unreachedSize(window);
  const spread = graph.add('ConvTranspose', [images, filter], float([batch * channels, 1, ...inputSize]), {
    kernel_shape: kernelSize,
    strides,
    pads,
    output_padding: unreached,
  });
  const shape = [batch, channels, ...inputSize];
  return graph.add('Reshape', [spread, graph.integers(shape)], float(shape));
}

const average: Definition<'x'> = {
  name: 'TasklearnAveragePool',
  eager: ({ x }, window) => {
    const sums = tf.sum(windowsOf(x, window, 0), 4);
    return sums.mul(tf.tensor(shares(window), [1, 1, ...window.outputSize]));
  },
  record: (graph, { x }, { kernelSize, strides, pads, outputSize }) =>
    graph.add(
      'AveragePool',
      [x],
      { dtype: 'float32', shape: [...x.shape.slice(0, 2), ...outputSize] },
      { kernel_shape: kernelSize, strides, pads },
    ),
  gradient: {
    gradFunc: (dy, _, attributes) => ({
      x: () => averagePoolBackprop(dy as Tensor, attributes as unknown as SpatialWindow),
    }),
  },
};

const backprop: Definition<'dy'> = {
  name: 'TasklearnAveragePoolBackprop',
  eager: ({ dy }, window) => {
    const scaled = dy.mul(tf.tensor(shares(window), [1, 1, ...window.outputSize])).expandDims(4);
    return addWindows(tf.tile(scaled, [1, 1, 1, 1, window.kernelSize[0] * window.kernelSize[1]]), window);
  },
  record: (graph, { dy }, window) => recordBackprop(graph, dy, window),
  gradient: {
    gradFunc: (ddx, _, attributes) => ({
      dy: () => averagePoolImages(ddx as Tensor, attributes as unknown as SpatialWindow),
    }),
  },
};

/**
 * The mean of the pixels that each window sees; padding does not count. Linear, so with its adjoint it is closed
 * under differentiation.
 *
 * @param x - [N, C, H, W].
 * @returns [N, C, H′, W′]. The caller disposes.
 */
export function averagePoolImages(x: Tensor, window: SpatialWindow): Tensor {
  registerKernel(average);
  return runKernel(average.name, { x }, { ...window }) as Tensor;
}

/**
 * The adjoint of {@link averagePoolImages}.
 *
 * @param dy - [N, C, H′, W′].
 * @returns [N, C, H, W]. The caller disposes.
 */
export function averagePoolBackprop(dy: Tensor, window: SpatialWindow): Tensor {
  registerKernel(backprop);
  return runKernel(backprop.name, { dy }, { ...window }) as Tensor;
}
