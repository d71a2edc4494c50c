import * as tf from '@tensorflow/tfjs';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { reshape } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

type One = Record<'x', Value>;

/** One axis of a slice; `end` is exclusive, below -length for "past the first" when the step is negative. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function lengthOf({ start, end, step }: Range): number {
  return Math.max(0, Math.ceil((end - start) / step));
}

/** Appends a slice along the given axes; `end` may be -1 for a range that runs down to the first element. */
export function slice(graph: GraphBuilder, x: Value, ranges: readonly Range[]): Value {
  const partial = ranges.filter(
    ({ axis, start, end, step }) => !(start === 0 && end === x.shape[axis] && step === 1),
  );
  if (partial.length === 0) return x;
  const shape = [...x.shape];
  for (const range of partial) shape[range.axis] = lengthOf(range);
  const ends = partial.map(({ axis, end }) => (end < 0 ? -(x.shape[axis] as number) - 1 : end));
  const inputs = [
    x,
    graph.integers(partial.map(({ start }) => start)),
    graph.integers(ends),
    graph.integers(partial.map(({ axis }) => axis)),
  ];
  const steps = partial.map(({ step }) => step);
  if (steps.some((step) => step !== 1)) inputs.push(graph.integers(steps));
  return graph.add('Slice', inputs, { dtype: x.dtype, shape });
}

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

function stridedSlice(graph: GraphBuilder, x: Value, attributes: StridedSlice): Value {
  const { begin, end, strides, finalShape } = tf.slice_util.sliceInfo(
    [...x.shape],
    attributes.begin,
    attributes.end,
    attributes.strides,
    attributes.beginMask,
    attributes.endMask,
    attributes.ellipsisMask,
    attributes.newAxisMask,
    attributes.shrinkAxisMask,
  );
  const ranges = begin.map((start, axis) => ({
    axis,
    start,
    end: end[axis] as number,
    step: strides[axis] as number,
  }));
  return reshape(graph, slice(graph, x, ranges), finalShape);
}

/** Pieces of a tensor. */
export const sliceKernels: readonly RecordedKernel<never, never>[] = [
  {
    name: 'Slice',
    record(graph, { x }: One, { begin, size }: { begin: number | number[]; size: number | number[] }) {
      const tensor = { shape: [...x.shape], rank: x.shape.length } as tf.Tensor;
      const [starts, sizes] = tf.slice_util.parseSliceParams(tensor, begin, size) as [number[], number[]];
      const ranges = starts.map((start, axis) => ({
        axis,
        start,
        end: start + (sizes[axis] as number),
        step: 1,
      }));
      return slice(graph, x, ranges);
    },
  },
  {
    name: 'StridedSlice',
    record: (graph, { x }: One, attributes: StridedSlice) => stridedSlice(graph, x, attributes),
  },
  {
    name: 'Reverse',
    record(graph, { x }: One, { dims }: { dims: number | number[] }) {
      const axes = tf.util.parseAxisParam(dims, [...x.shape]).filter((axis) => (x.shape[axis] as number) > 1);
      const ranges = axes.map((axis) => ({ axis, start: (x.shape[axis] as number) - 1, end: -1, step: -1 }));
      return slice(graph, x, ranges);
    },
  },
];
