import * as tf from '@tensorflow/tfjs';
import type { ElementType, Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { asFloat, cast, expand, reshape, scalarOf, transpose, uniform } from './element-types.js';
import { combine } from './elementwise-binary.js';
import type { RecordedKernel } from './kernel.js';
import { matrixProduct } from './matrix-products.js';

/** The integers 0 … length - 1. */
function indices(graph: GraphBuilder, length: number): Value {
  const data = Int32Array.from({ length }, (_, index) => index);
  return graph.constant({ dtype: 'int32', shape: [length], data });
}

/** Whether each index equals each of 0 … depth - 1; an index outside is nowhere. Shape [...indices, depth]. */
function matches(graph: GraphBuilder, index: Value, depth: number): Value {
  const shape = [...index.shape, depth];
  const column = reshape(graph, cast(graph, index, 'int32'), [...index.shape, 1]);
  return graph.add('Equal', [column, indices(graph, depth)], { dtype: 'bool', shape });
}

interface OneHot {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: ElementType;
}

function oneHot(graph: GraphBuilder, index: Value, { depth, onValue, offValue, dtype }: OneHot): Value {
  const hot = matches(graph, index, depth);
  if (onValue === 1 && offValue === 0) return cast(graph, hot, dtype);
  const [on, off] = [scalarOf(graph, onValue, 'float32'), scalarOf(graph, offValue, 'float32')];
  return cast(graph, graph.add('Where', [hot, on, off], { dtype: 'float32', shape: hot.shape }), dtype);
}

/** Elements of x along an axis; the first `batchDims` axes of both operands are matched, not crossed. */
function gather(graph: GraphBuilder, x: Value, index: Value, axis: number, batchDims: number): Value {
  const picked = cast(graph, index, 'int32');
  if (batchDims === 0) {
    const shape = [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)];
    return graph.add('Gather', [x, picked], { dtype: x.dtype, shape }, { axis });
  }
  // [batch, outer, length, inner] -> [batch · length, outer, inner], so that one flat index finds a row.
  const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);
  const [batch, outer] = [product(x.shape.slice(0, batchDims)), product(x.shape.slice(batchDims, axis))];
  const [length, inner] = [x.shape[axis] as number, product(x.shape.slice(axis + 1))];
  const count = product(index.shape.slice(batchDims));
  const rows = transpose(graph, reshape(graph, x, [batch, outer, length, inner]), [0, 2, 1, 3]);
  const offset = graph.constant({
    dtype: 'int32',
    shape: [batch, 1],
    data: Int32Array.from({ length: batch }, (_, item) => item * length),
  });
  const flat = combine(graph, 'Add', reshape(graph, picked, [batch, count]), offset);
  const spec = { dtype: x.dtype, shape: [batch, count, outer, inner] };
  const found = graph.add('Gather', [reshape(graph, rows, [batch * length, outer, inner]), flat], spec, {
    axis: 0,
  });
  const shape = [...x.shape.slice(0, axis), ...index.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return reshape(graph, transpose(graph, found, [0, 2, 1, 3]), shape);
}

/** Up to this many segments, a product with a 0/1 matrix is quicker than scattering. */
const FEW_SEGMENTS = 256;

/** Sums of the rows of x that share a segment, [segments, ...]. */
function segmentSum(graph: GraphBuilder, x: Value, segmentIds: Value, segments: number): Value {
  const [rows = 0, ...rest] = x.shape;
  const width = rest.reduce((total, size) => total * size, 1);
  const flat = reshape(graph, asFloat(graph, x), [rows, width]);
  const ids = reshape(graph, cast(graph, segmentIds, 'int32'), [rows]);
  const summed =
    segments <= FEW_SEGMENTS
      ? matrixProduct(graph, cast(graph, matches(graph, ids, segments), 'float32'), flat, {
          transposeA: true,
          transposeB: false,
        })
      : scatterRows(graph, flat, ids, segments);
  return cast(graph, reshape(graph, summed, [segments, ...rest]), x.dtype === 'int32' ? 'int32' : 'float32');
}

function scatterRows(graph: GraphBuilder, flat: Value, ids: Value, segments: number): Value {
  const [rows, width] = flat.shape as [number, number];
  const spec = { dtype: 'float32', shape: [segments, width] } as const;
  const index = expand(graph, reshape(graph, ids, [rows, 1]), [rows, width]);
  return graph.add('ScatterElements', [uniform(graph, 0, spec), index, flat], spec, {
    axis: 0,
    reduction: 'add',
  });
}

/** ONNX wants int64 where a tuple of indices picks elements. */
function wide(graph: GraphBuilder, index: Value): Value {
  return graph.add('Cast', [index], { dtype: 'int64', shape: index.shape }, { to: 7 });
}

function topK(graph: GraphBuilder, x: Value, k: number, sorted: boolean): Value[] {
  const axis = x.shape.length - 1;
  const shape = [...x.shape.slice(0, -1), k];
  const outputs = [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ] as const;
  const attributes = { axis, largest: 1, sorted: sorted ? 1 : 0 };
  const [values, index] = graph.addMany('TopK', [x, graph.integers([k])], outputs, attributes);
  return [values as Value, cast(graph, index as Value, 'int32')];
}

/** Picking and placing elements by index. */
export const indexKernels: readonly RecordedKernel<never, never>[] = [
  {
    name: 'OneHot',
    record: (graph, inputs: Record<'indices', Value>, attributes: OneHot) =>
      oneHot(graph, inputs.indices, attributes),
  },
  {
    name: 'GatherV2',
    record(
      graph,
      inputs: Record<'x' | 'indices', Value>,
      { axis, batchDims }: { axis: number; batchDims: number },
    ) {
      const [along] = tf.util.parseAxisParam(axis, [...inputs.x.shape]) as [number];
      return gather(graph, inputs.x, inputs.indices, along, batchDims);
    },
  },
  {
    name: 'GatherNd',
    record(graph, inputs: Record<'params' | 'indices', Value>) {
      const { params, indices: index } = inputs;
      const depth = index.shape.at(-1) as number;
      const shape = [...index.shape.slice(0, -1), ...params.shape.slice(depth)];
      return graph.add('GatherND', [params, wide(graph, index)], { dtype: params.dtype, shape });
    },
  },
  {
    name: 'ScatterNd',
    record(graph, inputs: Record<'indices' | 'updates', Value>, { shape }: { shape: number[] }) {
      const spec = { dtype: inputs.updates.dtype, shape };
      const operands = [uniform(graph, 0, spec), wide(graph, inputs.indices), inputs.updates];
      return graph.add('ScatterND', operands, spec, { reduction: 'add' });
    },
  },
  {
    name: 'TensorScatterUpdate',
    record: (graph, { tensor, indices: index, updates }: Record<'tensor' | 'indices' | 'updates', Value>) =>
      graph.add('ScatterND', [tensor, wide(graph, index), updates], tensor),
  },
  {
    name: 'UnsortedSegmentSum',
    record: (
      graph,
      { x, segmentIds }: Record<'x' | 'segmentIds', Value>,
      { numSegments }: { numSegments: number },
    ) => segmentSum(graph, x, segmentIds, numSegments),
  },
  {
    name: 'TopK',
    record: (graph, { x }: Record<'x', Value>, { k, sorted }: { k: number; sorted: boolean }) =>
      topK(graph, x, k, sorted),
  },
];
