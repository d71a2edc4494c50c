import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { ElementType, Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { cast, expand, reshape, transpose } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

type One = Record<'x', Value>;
type List = Readonly<Record<string, Value>>;

function expandDims(graph: GraphBuilder, input: Value, dim: number): Value {
  const axis = dim < 0 ? dim + input.shape.length + 1 : dim;
  return reshape(graph, input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
}

/** Repeats along axes. Repeating axes of length one is broadcasting, which costs nothing where it is fused. */
function tile(graph: GraphBuilder, x: Value, reps: readonly number[]): Value {
  const shape = x.shape.map((length, axis) => length * (reps[axis] as number));
  if (x.shape.every((length, axis) => length === 1 || reps[axis] === 1)) return expand(graph, x, shape);
  return graph.add('Tile', [x, graph.integers(reps)], { dtype: x.dtype, shape });
}

type Paddings = readonly (readonly number[])[];

/** Appends a Pad; `fill` is absent where the padding mirrors the operand. */
function pad(graph: GraphBuilder, x: Value, paddings: Paddings, fill: Value | undefined): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((length, axis) => {
    const [before, after] = paddings[axis] as [number, number];
    return before + length + after;
  });
  const pads = graph.integers([
    ...paddings.map(([before]) => before as number),
    ...paddings.map(([, after]) => after as number),
  ]);
  if (fill === undefined) return graph.add('Pad', [x, pads], { dtype: x.dtype, shape }, { mode: 'reflect' });
  return graph.add('Pad', [x, pads, fill], { dtype: x.dtype, shape });
}

function concatenate(graph: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const [first, ...rest] = parts as [Value, ...Value[]];
  if (rest.length === 0) return first;
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  const shape = first.shape.map((size, index) => (index === axis ? length : size));
  return graph.add('Concat', parts, { dtype: first.dtype, shape }, { axis });
}

function split(graph: GraphBuilder, x: Value, sizes: readonly number[], axis: number): Value[] {
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({
    dtype: x.dtype,
    shape: x.shape.map((length, index) => (index === axis ? size : length)),
  }));
  return graph.addMany('Split', [x, graph.integers(sizes)], outputs, { axis }) as Value[];
}

/** Shapes, layouts and pieces: kernels that move numbers and change none. */
export const shapeKernels: readonly RecordedKernel<never, never>[] = [
  { name: 'Identity', record: (_graph, { x }: One) => x },
  {
    name: 'Cast',
    record: (graph, { x }: One, { dtype }: { dtype: ElementType }) => cast(graph, x, dtype),
  },
  {
    name: 'Reshape',
    record(graph, { x }: One, { shape }: { shape: number[] }) {
      const size = tf.util.sizeFromShape([...x.shape]);
      return reshape(graph, x, tf.util.inferFromImplicitShape(shape, size));
    },
  },
  {
    name: 'ExpandDims',
    record: (graph, { input }: Record<'input', Value>, { dim }: { dim: number }) =>
      expandDims(graph, input, dim),
  },
  {
    name: 'Transpose',
    record: (graph, { x }: One, { perm }: { perm: number[] }) => transpose(graph, x, perm),
  },
  { name: 'Tile', record: (graph, { x }: One, { reps }: { reps: number[] }) => tile(graph, x, reps) },
  {
    name: 'PadV2',
    record: (
      graph,
      { x }: One,
      { paddings, constantValue }: { paddings: [number, number][]; constantValue: number },
    ) => padWith(graph, x, paddings, constantValue),
  },
  {
    name: 'MirrorPad',
    record(graph, { x }: One, { paddings, mode }: { paddings: [number, number][]; mode: string }) {
      if (mode === 'reflect') return pad(graph, x, paddings, undefined);
      throw new TasklearnError(
        'NOT_RECORDABLE',
        `compile: tf.mirrorPad has a recorded form for mode 'reflect', not for '${mode}'.`,
        { kernel: 'MirrorPad', mode },
      );
    },
  },
  {
    name: 'Concat',
    record(graph, inputs: List, { axis }: { axis: number }) {
      const parts = Object.values(inputs);
      const [along] = tf.util.parseAxisParam(axis, [...(parts[0] as Value).shape]) as [number];
      return concatenate(graph, parts, along);
    },
  },
  {
    name: 'Pack',
    record(graph, inputs: List, { axis }: { axis: number }) {
      const parts = Object.values(inputs).map((part) => expandDims(graph, part, axis));
      return concatenate(graph, parts, axis < 0 ? axis + (parts[0] as Value).shape.length : axis);
    },
  },
  {
    name: 'Unpack',
    record(graph, { value }: Record<'value', Value>, { axis }: { axis: number }) {
      const along = axis < 0 ? axis + value.shape.length : axis;
      const sizes = Array.from({ length: value.shape[along] as number }, () => 1);
      const shape = value.shape.filter((_, index) => index !== along);
      return split(graph, value, sizes, along).map((part) => reshape(graph, part, shape));
    },
  },
  {
    name: 'SplitV',
    record(
      graph,
      { x }: One,
      { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number },
    ) {
      const [along] = tf.util.parseAxisParam(axis, [...x.shape]) as [number];
      const sizes = tf.backend_util.prepareSplitSize(
        { shape: [...x.shape] } as tf.Tensor,
        numOrSizeSplits,
        along,
      );
      return split(graph, x, sizes, along);
    },
  },
];

function padWith(
  graph: GraphBuilder,
  x: Value,
  paddings: readonly (readonly number[])[],
  fill: number,
): Value {
  if (x.dtype !== 'bool') {
    const data = x.dtype === 'int32' ? Int32Array.of(fill) : Float32Array.of(fill);
    return pad(graph, x, paddings, graph.constant({ dtype: x.dtype, shape: [], data }));
  }
  return cast(graph, padWith(graph, cast(graph, x, 'int32'), paddings, fill), 'bool');
}
