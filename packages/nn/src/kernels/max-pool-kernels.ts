import { type KernelDefinition, registerKernel, runKernel } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { addWindows, windowsOf } from './image-windows.js';
import { recordMaxPool, recordMaxPoolGather, recordMaxPoolScatter } from './max-pool-record.js';
import type { SpatialWindow } from './spatial-window.js';

type Definition<Name extends string> = KernelDefinition<Name, SpatialWindow>;

function windowOf(attributes: unknown): SpatialWindow {
  return attributes as SpatialWindow;
}

/** [N, C, H, W] -> [N, C, H′, W′, rows·columns], 1 at the first largest of each window, 0 elsewhere. */
function selection(x: Tensor, window: SpatialWindow): Tensor {
  const taps = windowsOf(x, window, Number.NEGATIVE_INFINITY);
  return tf.cast(tf.oneHot(tf.argMax(taps, 4), taps.shape[4] as number), 'float32');
}

const maximum: Definition<'x'> = {
  name: 'TasklearnMaxPool',
  eager: ({ x }, window) => tf.max(windowsOf(x, window, Number.NEGATIVE_INFINITY), 4),
  record: (graph, { x }, window) => recordMaxPool(graph, x, window),
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => maxPoolScatter(x as Tensor, dy as Tensor, windowOf(attributes)),
    }),
  },
};

const scatter: Definition<'x' | 'dy'> = {
  name: 'TasklearnMaxPoolScatter',
  eager: ({ x, dy }, window) => addWindows(tf.mul(selection(x, window), dy.expandDims(4)), window),
  record: (graph, { x, dy }, window) => recordMaxPoolScatter(graph, x, dy, window),
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (ddx, [x], attributes) => ({
      x: () => tf.zerosLike(x as Tensor),
      dy: () => maxPoolGather(x as Tensor, ddx as Tensor, windowOf(attributes)),
    }),
  },
};

const gather: Definition<'x' | 'values'> = {
  name: 'TasklearnMaxPoolGather',
  eager: ({ x, values }, window) => tf.sum(tf.mul(selection(x, window), windowsOf(values, window, 0)), 4),
  record: (graph, { x, values }, window) => recordMaxPoolGather(graph, x, values, window),
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => tf.zerosLike(x as Tensor),
      values: () => maxPoolScatter(x as Tensor, dy as Tensor, windowOf(attributes)),
    }),
  },
};

function run<Name extends string>(
  definition: Definition<Name>,
  inputs: Readonly<Record<Name, Tensor>>,
  window: SpatialWindow,
): Tensor {
  registerKernel(definition);
  return runKernel(definition.name, inputs, { ...window }) as Tensor;
}

/**
 * The largest value of each window. With scatter and gather it is closed under differentiation: the place of the
 * maximum (the first, where several are equal) is found from x again each time, and once in a compiled graph.
 *
 * @param x - [N, C, H, W].
 * @returns [N, C, H′, W′]. The caller disposes.
 */
export function maxPoolImages(x: Tensor, window: SpatialWindow): Tensor {
  return run(maximum, { x }, window);
}

/**
 * The adjoint of {@link maxPoolGather} in `values`: adds each dy to where x has the largest value of the window.
 *
 * @param x - [N, C, H, W].
 * @param dy - [N, C, H′, W′].
 * @returns [N, C, H, W]. The caller disposes.
 */
export function maxPoolScatter(x: Tensor, dy: Tensor, window: SpatialWindow): Tensor {
  return run(scatter, { x, dy }, window);
}

/**
 * `values` at the place where x has the largest value of each window.
 *
 * @param x - [N, C, H, W].
 * @param values - [N, C, H, W].
 * @returns [N, C, H′, W′]. The caller disposes.
 */
export function maxPoolGather(x: Tensor, values: Tensor, window: SpatialWindow): Tensor {
  return run(gather, { x, values }, window);
}
