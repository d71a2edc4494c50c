import type { ElementType, Value } from '../record/graph.js';
import type { GraphBuilder, OutputSpec } from '../record/graph-builder.js';

const onnxElementTypes: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** ONNX's number for an element type. */
export function onnxElementType(dtype: ElementType): number {
  return onnxElementTypes[dtype];
}

/** The value in another element type; the value itself where it has that type already. */
export function cast(graph: GraphBuilder, value: Value, dtype: ElementType): Value {
  if (value.dtype === dtype) return value;
  return graph.add('Cast', [value], { dtype, shape: value.shape }, { to: onnxElementType(dtype) });
}

/** The value as float32. */
export function asFloat(graph: GraphBuilder, value: Value): Value {
  return cast(graph, value, 'float32');
}

/** A scalar constant of an element type. */
export function scalarOf(graph: GraphBuilder, number: number, dtype: ElementType): Value {
  const data =
    dtype === 'float32'
      ? Float32Array.of(number)
      : dtype === 'bool'
        ? Uint8Array.of(number === 0 ? 0 : 1)
        : Int32Array.of(number);
  return graph.constant({ dtype, shape: [], data });
}

/** A tensor of one number: a scalar, expanded. */
export function uniform(graph: GraphBuilder, number: number, spec: OutputSpec): Value {
  const scalar = scalarOf(graph, number, spec.dtype);
  return spec.shape.length === 0 ? scalar : expand(graph, scalar, spec.shape);
}

/** The value broadcast to a shape. */
export function expand(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  return graph.add('Expand', [value, graph.integers(shape)], { dtype: value.dtype, shape });
}

/** The value in another shape of the same size. */
export function reshape(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  // Without allowzero, a zero means "as in the operand".
  const attributes = shape.includes(0) ? { allowzero: 1 } : {};
  return graph.add('Reshape', [value, graph.integers(shape)], { dtype: value.dtype, shape }, attributes);
}

/** The value with its axes permuted. */
export function transpose(graph: GraphBuilder, value: Value, permutation: readonly number[]): Value {
  if (permutation.every((axis, index) => axis === index)) return value;
  const shape = permutation.map((axis) => value.shape[axis] as number);
  return graph.add('Transpose', [value], { dtype: value.dtype, shape }, { perm: permutation });
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The shape of two operands combined element by element. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const lengthOfA = a[index - rank + a.length] ?? 1;
    const lengthOfB = b[index - rank + b.length] ?? 1;
    return lengthOfA === 1 ? lengthOfB : lengthOfA;
  });
}
