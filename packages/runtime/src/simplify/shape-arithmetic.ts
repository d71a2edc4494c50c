import type { Value } from '../record/graph.js';

/** A static shape; scalars are `[]`. */
export type Shape = readonly number[];

/** The number of elements of a tensor of this shape: ∏ shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes have the same rank and extents. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((extent, axis) => extent === right[axis]);
}

/** Whether two values have the same shape and element type. */
export function sameType(
  left: Pick<Value, 'dtype' | 'shape'>,
  right: Pick<Value, 'dtype' | 'shape'>,
): boolean {
  return left.dtype === right.dtype && sameShape(left.shape, right.shape);
}

/**
 * The shape that ONNX's multidirectional broadcasting gives to operands of these shapes.
 *
 * @returns the common shape, or `undefined` where two extents differ and neither is 1.
 */
export function broadcastShape(...shapes: readonly Shape[]): number[] | undefined {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const extent = shape[axis] as number;
      const known = result[offset + axis] as number;
      if (known === 1) result[offset + axis] = extent;
      else if (extent !== 1 && extent !== known) return undefined;
    }
  }
  return result;
}

/** Row-major strides of a shape, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  }
  return strides;
}

/** The shape padded on the left with ones to the given rank. */
export function padShape(shape: Shape, rank: number): number[] {
  return [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}

/** Axes in 0..rank-1, with negative ones counted from the end. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
