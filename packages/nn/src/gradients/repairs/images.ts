import { TasklearnError } from '@tasklearn/core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { averagePoolBackprop } from '../../kernels/average-pool-kernels.js';
import {
  groupedConv2d,
  groupedConv2dBackpropFilter,
  groupedConv2dBackpropInput,
} from '../../kernels/grouped-conv2d.js';
import type { ConvolutionAttributes } from '../../kernels/grouped-conv2d-attributes.js';
import { maxPoolScatter } from '../../kernels/max-pool-kernels.js';
import {
  type Padding,
  type Size,
  type SpatialWindow,
  spatialWindow,
  toSize,
} from '../../kernels/spatial-window.js';
import { stopGradient } from '../stop-gradient.js';
import { singleOutput } from './single-output.js';

const toFirst = (maps: Tensor) => tf.transpose(maps, [0, 3, 1, 2]);
const toLast = (maps: Tensor) => tf.transpose(maps, [0, 2, 3, 1]);

/** The window of a channels-last kernel of tfjs. */
function windowOf(
  kernelName: string,
  image: readonly number[],
  size: Size,
  attributes: NamedAttrMap,
): SpatialWindow {
  const {
    strides,
    pad,
    dataFormat = 'NHWC',
    dilations = 1,
  } = attributes as unknown as {
    strides: number | Size;
    pad: Padding;
    dataFormat?: string;
    dilations?: number | Size;
  };
  if (dataFormat !== 'NHWC' || toSize(dilations).some((step) => step > 1) || typeof pad === 'object') {
    throw new TasklearnError(
      'NOT_DIFFERENTIABLE',
      `${kernelName}: derivatives need channels last, no dilation and padding 'same', 'valid' or a number. Use conv2d of @tasklearn/nn.`,
      { kernelName, dataFormat, dilations, pad },
    );
  }
  return spatialWindow(kernelName, [image[1] as number, image[2] as number], size, toSize(strides), pad);
}

/** [kh, kw, C, O] and [O, C, kh, kw] */
const filterToFirst = (filter: Tensor) => tf.transpose(filter, [3, 2, 0, 1]);
const filterToLast = (filter: Tensor) => tf.transpose(filter, [2, 3, 1, 0]);

/** [kh, kw, C, M] and [C·M, 1, kh, kw] */
function depthwiseToFirst(filter: Tensor): Tensor {
  const [rows, columns, channels, multiplier] = filter.shape as [number, number, number, number];
  return tf.transpose(filter, [2, 3, 0, 1]).reshape([channels * multiplier, 1, rows, columns]);
}
function depthwiseToLast(filter: Tensor, shape: readonly number[]): Tensor {
  const [rows, columns, channels, multiplier] = shape as [number, number, number, number];
  return tf.transpose(filter.reshape([channels, multiplier, rows, columns]), [2, 3, 0, 1]);
}

function attributesOf(
  kernelName: string,
  image: readonly number[],
  filter: Tensor,
  attributes: NamedAttrMap,
  groups = 1,
) {
  const window = windowOf(
    kernelName,
    image,
    [filter.shape[0] as number, filter.shape[1] as number],
    attributes,
  );
  return { ...window, groups } satisfies ConvolutionAttributes;
}

function pooling(
  kernelName: string,
  backprop: (x: Tensor, dy: Tensor, window: SpatialWindow) => Tensor,
): GradConfig {
  return singleOutput(kernelName, ['x'], (dy, saved, attributes) => ({
    x: () => {
      const x = saved[0] as Tensor;
      const window = windowOf(
        kernelName,
        x.shape,
        toSize(attributes.filterSize as number | Size),
        attributes,
      );
      return toLast(backprop(toFirst(stopGradient(x)), toFirst(dy), window));
    },
  }));
}

/**
 * tfjs's own convolutions and pooling, by the kernels of this package: `wasm` has no filter gradient and a wrong one
 * for maxima, and none has a second order.
 */
export const imageGradients: readonly GradConfig[] = [
  singleOutput('Conv2D', ['x', 'filter'], (dy, saved, raw) => {
    const [x, filter] = saved as [Tensor, Tensor];
    const attributes = attributesOf('Conv2D', x.shape, filter, raw);
    return {
      x: () => toLast(groupedConv2dBackpropInput(toFirst(dy), filterToFirst(filter), attributes)),
      filter: () => filterToLast(groupedConv2dBackpropFilter(toFirst(x), toFirst(dy), attributes)),
    };
  }),
  singleOutput('Conv2DBackpropInput', ['dy', 'filter'], (ddx, saved, raw) => {
    const [dy, filter] = saved as [Tensor, Tensor];
    const attributes = attributesOf('Conv2DBackpropInput', ddx.shape, filter, raw);
    return {
      dy: () => toLast(groupedConv2d(toFirst(ddx), filterToFirst(filter), attributes)),
      filter: () => filterToLast(groupedConv2dBackpropFilter(toFirst(ddx), toFirst(dy), attributes)),
    };
  }),
  singleOutput('DepthwiseConv2dNative', ['x', 'filter'], (dy, saved, raw) => {
    const [x, filter] = saved as [Tensor, Tensor];
    const attributes = attributesOf('DepthwiseConv2dNative', x.shape, filter, raw, filter.shape[2]);
    const gradient = () => groupedConv2dBackpropFilter(toFirst(x), toFirst(dy), attributes);
    return {
      x: () => toLast(groupedConv2dBackpropInput(toFirst(dy), depthwiseToFirst(filter), attributes)),
      filter: () => depthwiseToLast(gradient(), filter.shape),
    };
  }),
  pooling('MaxPool', maxPoolScatter),
  pooling('AvgPool', (_, dy, window) => averagePoolBackprop(dy, window)),
];
