import * as tf from '@tensorflow/tfjs';
import type { ElementType, Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { asFloat, cast, uniform } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

interface Reduction {
  readonly axis?: number | number[];
  /** `Max` and `Min` call their axes so. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis));
}

/** Appends a reduction over axes. */
export function reduce(
  graph: GraphBuilder,
  op: string,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  if (axes.length === 0) return x;
  const spec = { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepDims) };
  const keepdims = keepDims ? 1 : 0;
  if (op === 'ReduceSum') return graph.add(op, [x, graph.integers(axes)], spec, { keepdims });
  return graph.add(op, [x], spec, { axes, keepdims });
}

/** A kernel that is one reduction, on operands of one of the given types. */
function reduction(
  name: string,
  op: string,
  operandType: (dtype: ElementType) => ElementType,
  empty: number,
): RecordedKernel<Record<'x', Value>, Reduction> {
  return {
    name,
    record(graph, { x }, { axis, reductionIndices, keepDims = false }) {
      const axes = tf.util.parseAxisParam((axis ?? reductionIndices) as number, [...x.shape]); // None given: all.
      const operand = cast(graph, x, operandType(x.dtype));
      if (x.shape.includes(0)) {
        return uniform(graph, empty, { dtype: operand.dtype, shape: reducedShape(x.shape, axes, keepDims) });
      }
      return reduce(graph, op, operand, axes, keepDims);
    },
  };
}

function logicalReduction(name: string, op: string): RecordedKernel<Record<'x', Value>, Reduction> {
  const counted = reduction(name, op, () => 'int32', name === 'All' ? 1 : 0);
  return {
    name,
    record: (graph, inputs, attributes) =>
      cast(graph, counted.record(graph, inputs, attributes) as Value, 'bool'),
  };
}

function argument(name: string): RecordedKernel<Record<'x', Value>, { axis: number | number[] }> {
  return {
    name,
    record(graph, { x }, { axis }) {
      const [along] = tf.util.parseAxisParam(axis, [...x.shape]) as [number];
      const operand = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
      const shape = reducedShape(x.shape, [along], false);
      const index = graph.add(name, [operand], { dtype: 'int64', shape }, { axis: along, keepdims: 0 });
      return cast(graph, index, 'int32');
    },
  };
}

interface Cumulation {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

function cumulativeSum(graph: GraphBuilder, x: Value, { axis, exclusive, reverse }: Cumulation): Value {
  const operand = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
  if (x.shape.length === 0) return operand;
  const along = graph.constant({ dtype: 'int32', shape: [], data: Int32Array.of(axis) });
  return graph.add('CumSum', [operand, along], operand, {
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
}

/** By doubling: log2(length) rounds of multiplying by the same row moved by 1, 2, 4, …, ones moving in. */
function cumulativeProduct(graph: GraphBuilder, operand: Value, cumulation: Cumulation): Value {
  const { axis, exclusive, reverse } = cumulation;
  const x = asFloat(graph, operand);
  const length = x.shape[axis] ?? 0;
  const moved = (value: Value, by: number) => {
    const ones = uniform(graph, 1, { dtype: 'float32', shape: x.shape.map((d, i) => (i === axis ? by : d)) });
    const [start, end] = reverse ? [by, length] : [0, length - by];
    const shape = x.shape.map((d, i) => (i === axis ? length - by : d));
    const range = [graph.integers([start]), graph.integers([end]), graph.integers([axis])];
    const part = graph.add('Slice', [value, ...range], { dtype: 'float32', shape });
    return graph.add('Concat', reverse ? [part, ones] : [ones, part], x, { axis });
  };
  let product = exclusive ? moved(x, 1) : x;
  for (let by = 1; by < length; by *= 2) product = graph.add('Mul', [product, moved(product, by)], x);
  return product;
}

const numbers = (dtype: ElementType): ElementType => (dtype === 'bool' ? 'int32' : dtype);

/** Reductions along axes, and running sums and products. */
export const reductionKernels: readonly RecordedKernel<never, never>[] = [
  reduction('Sum', 'ReduceSum', numbers, 0),
  reduction('Mean', 'ReduceMean', () => 'float32', Number.NaN),
  reduction('Prod', 'ReduceProd', numbers, 1),
  reduction('Max', 'ReduceMax', numbers, Number.NEGATIVE_INFINITY),
  reduction('Min', 'ReduceMin', numbers, Number.POSITIVE_INFINITY),
  logicalReduction('All', 'ReduceMin'),
  logicalReduction('Any', 'ReduceMax'),
  argument('ArgMax'),
  argument('ArgMin'),
  {
    name: 'Cumsum',
    record: (graph, { x }: Record<'x', Value>, attributes: Cumulation) => cumulativeSum(graph, x, attributes),
  },
  {
    name: 'Cumprod',
    record: (graph, { x }: Record<'x', Value>, attributes: Cumulation) =>
      cumulativeProduct(graph, x, attributes),
  },
];
