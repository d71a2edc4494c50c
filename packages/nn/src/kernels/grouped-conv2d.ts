import { type KernelDefinition, registerKernel, runKernel } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import { recordGroupedConv2dBackpropFilter } from './filter-gradient-record.js';
import type { ConvolutionAttributes } from './grouped-conv2d-attributes.js';
import {
  groupedConv2dBackpropFilterEager,
  groupedConv2dBackpropInputEager,
  groupedConv2dEager,
} from './grouped-conv2d-eager.js';
import { recordGroupedConv2d, recordGroupedConv2dBackpropInput } from './grouped-conv2d-record.js';

type Definition<Name extends string> = KernelDefinition<Name, ConvolutionAttributes>;

const convolution: Definition<'x' | 'filter'> = {
  name: 'TasklearnGroupedConv2D',
  eager: ({ x, filter }, attributes) => groupedConv2dEager(x, filter, attributes),
  record: (graph, { x, filter }, attributes) => recordGroupedConv2d(graph, x, filter, attributes),
  gradient: {
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter] = saved as [Tensor, Tensor];
      const window = attributes as unknown as ConvolutionAttributes;
      return {
        x: () => groupedConv2dBackpropInput(dy as Tensor, filter, window),
        filter: () => groupedConv2dBackpropFilter(x, dy as Tensor, window),
      };
    },
  },
};

const backpropInput: Definition<'dy' | 'filter'> = {
  name: 'TasklearnGroupedConv2DBackpropInput',
  eager: ({ dy, filter }, attributes) => groupedConv2dBackpropInputEager(dy, filter, attributes),
  record: (graph, { dy, filter }, attributes) =>
    recordGroupedConv2dBackpropInput(graph, dy, filter, attributes),
  gradient: {
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, saved, attributes) => {
      const [dy, filter] = saved as [Tensor, Tensor];
      const window = attributes as unknown as ConvolutionAttributes;
      return {
        dy: () => groupedConv2d(ddx as Tensor, filter, window),
        filter: () => groupedConv2dBackpropFilter(ddx as Tensor, dy, window),
      };
    },
  },
};

const backpropFilter: Definition<'x' | 'dy'> = {
  name: 'TasklearnGroupedConv2DBackpropFilter',
  eager: ({ x, dy }, attributes) => groupedConv2dBackpropFilterEager(x, dy, attributes),
  record: (graph, { x, dy }, attributes) => recordGroupedConv2dBackpropFilter(graph, x, dy, attributes),
  gradient: {
    inputsToSave: ['x', 'dy'],
    gradFunc: (dfilter, saved, attributes) => {
      const [x, dy] = saved as [Tensor, Tensor];
      const window = attributes as unknown as ConvolutionAttributes;
      return {
        x: () => groupedConv2dBackpropInput(dy, dfilter as Tensor, window),
        dy: () => groupedConv2d(x, dfilter as Tensor, window),
      };
    },
  },
};

function run<Name extends string>(
  definition: Definition<Name>,
  inputs: Readonly<Record<Name, Tensor>>,
  attributes: ConvolutionAttributes,
): Tensor {
  registerKernel(definition);
  return runKernel(definition.name, inputs, { ...attributes }) as Tensor;
}

/**
 * Cross-correlation of each of G runs of channels with its own filters: the kernel under `conv2d`. With its two
 * derivatives it is closed under differentiation, so any order works.
 *
 * @param x - [B, G·C, H, W].
 * @param filter - [G·O, C, kh, kw].
 * @returns [B, G·O, H′, W′]. The caller disposes.
 */
export function groupedConv2d(x: Tensor, filter: Tensor, attributes: ConvolutionAttributes): Tensor {
  return run(convolution, { x, filter }, attributes);
}

/**
 * The derivative of {@link groupedConv2d} with respect to x, contracted with dy: its adjoint in x.
 *
 * @param dy - [B, G·O, H′, W′].
 * @param filter - [G·O, C, kh, kw].
 * @returns [B, G·C, H, W]. The caller disposes.
 */
export function groupedConv2dBackpropInput(
  dy: Tensor,
  filter: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  return run(backpropInput, { dy, filter }, attributes);
}

/**
 * The derivative of {@link groupedConv2d} with respect to the filter, contracted with dy: its adjoint in the filter.
 *
 * @param x - [B, G·C, H, W].
 * @param dy - [B, G·O, H′, W′].
 * @returns [G·O, C, kh, kw]. The caller disposes.
 */
export function groupedConv2dBackpropFilter(
  x: Tensor,
  dy: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  return run(backpropFilter, { x, dy }, attributes);
}
