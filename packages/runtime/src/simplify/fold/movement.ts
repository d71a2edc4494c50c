import { integerAttribute, integersAttribute } from '../attributes-of.js';
import { normalizeAxes, padShape, type Shape, sizeOf, stridesOf } from '../shape-arithmetic.js';
import { slicedRange } from '../sliced-range.js';
import { constantOf } from './constant-of.js';
import type { Evaluator } from './evaluator.js';

/** The same numbers under another shape. */
const sameNumbers: Evaluator = (_node, [x], output) =>
  x === undefined || sizeOf(x.shape) !== sizeOf(output.shape)
    ? undefined
    : { dtype: output.dtype, shape: [...output.shape], data: x.data };

/** Reads `data` at base + Σ position·stride for each position of the output. */
function gather(shape: Shape, strides: readonly number[], base: number): (index: number) => number {
  const outer = stridesOf(shape);
  return (index) => {
    let offset = base;
    let rest = index;
    for (let axis = 0; axis < shape.length; axis++) {
      const position = Math.floor(rest / (outer[axis] as number));
      rest -= position * (outer[axis] as number);
      offset += position * (strides[axis] as number);
    }
    return offset;
  };
}

const transpose: Evaluator = (node, [x], output) => {
  if (x === undefined) return undefined;
  const order = integersAttribute(node, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  const strides = stridesOf(x.shape);
  const at = gather(
    output.shape,
    order.map((axis) => strides[axis] as number),
    0,
  );
  return constantOf(output, (index) => x.data[at(index)] as number);
};

const expand: Evaluator = (_node, [x], output) => {
  if (x === undefined) return undefined;
  const extents = padShape(x.shape, output.shape.length);
  const strides = stridesOf(extents).map((stride, axis) => (extents[axis] === 1 ? 0 : stride));
  const at = gather(output.shape, strides, 0);
  return constantOf(output, (index) => x.data[at(index)] as number);
};

const tile: Evaluator = (_node, [x], output) => {
  if (x === undefined) return undefined;
  const [strides, outer] = [stridesOf(x.shape), stridesOf(output.shape)];
  return constantOf(output, (index) => {
    let offset = 0;
    for (const [axis, stride] of outer.entries()) {
      offset += (Math.floor(index / stride) % (x.shape[axis] as number)) * (strides[axis] as number);
    }
    return x.data[offset] as number;
  });
};

const slice: Evaluator = (_node, [x, starts, ends, axes, steps], output) => {
  if (x === undefined || starts === undefined || ends === undefined) return undefined;
  const range = slicedRange(x.shape, starts, ends, axes, steps);
  const strides = stridesOf(x.shape);
  const base = range.reduce((sum, { start }, axis) => sum + start * (strides[axis] as number), 0);
  const at = gather(
    output.shape,
    range.map(({ step }, axis) => step * (strides[axis] as number)),
    base,
  );
  return constantOf(output, (index) => x.data[at(index)] as number);
};

const concat: Evaluator = (node, inputs, output) => {
  const axis = normalizeAxes([integerAttribute(node, 'axis', 0)], output.shape.length)[0] as number;
  const inner = sizeOf(output.shape.slice(axis + 1));
  const widths = inputs.map((input) => (input.shape[axis] as number) * inner);
  const total = widths.reduce((sum, width) => sum + width, 0);
  return constantOf(output, (index) => {
    let rest = index % total;
    const row = Math.floor(index / total);
    let operand = 0;
    while (rest >= (widths[operand] as number)) rest -= widths[operand++] as number;
    return inputs[operand]?.data[row * (widths[operand] as number) + rest] as number;
  });
};

const constantOfShape: Evaluator = (_node, _inputs, output) =>
  output.dtype === 'float32' && _node.attributes.value === undefined
    ? constantOf(output, () => 0)
    : undefined;

/** Evaluators of operators that only move numbers, by ONNX operator. */
export const movementEvaluators: Readonly<Record<string, Evaluator>> = {
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: sameNumbers,
  Identity: sameNumbers,
  Reshape: sameNumbers,
  Slice: slice,
  Squeeze: sameNumbers,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: sameNumbers,
};
