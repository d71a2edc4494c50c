import type { Node, Pass, ValueId } from '../record/graph.js';
import { integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { BROADCASTING_ELEMENTWISE, UNARY_ELEMENTWISE } from './operator-traits.js';
import { reducedAxes } from './reduced-axes.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { broadcastShape, padShape, type Shape, sameShape, sizeOf } from './shape-arithmetic.js';
import { uniformNumber } from './uniform-constant.js';

/** What is broadcast, where the value is an Expand or a large constant filled with one number. */
function narrow(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const origin = editor.producedBy(id, 'Expand')?.inputs[0];
  if (origin !== undefined && origin !== null) return origin;
  const constant = editor.constantOf(id);
  const number = uniformNumber(constant);
  if (constant === undefined || number === undefined || constant.data.length === 1) return undefined;
  if (constant.dtype === 'float32') return editor.scalar(number);
  return editor.constant({ ...constant, shape: [], data: constant.data.slice(0, 1) });
}

/** A tile of 1 repeats nothing; of an axis of extent 1 it is an Expand. */
const tile: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const { dtype, shape } = editor.valueOf(node.outputs[0] as ValueId);
  const own = editor.shapeOf(input);
  if (!own.every((extent, axis) => extent === 1 || extent === shape[axis])) return undefined;
  return editor.add('Expand', [input, editor.integers(shape)], { dtype, shape });
};

/** No Expand to the same shape; one Expand for two. */
const expand: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const { dtype, shape } = editor.valueOf(node.outputs[0] as ValueId);
  if (sameShape(editor.shapeOf(input), shape)) return input;
  const origin = editor.producedBy(input, 'Expand')?.inputs[0];
  if (origin === undefined || origin === null) return undefined;
  return editor.add('Expand', [origin, editor.integers(shape)], { dtype, shape });
};

/**
 * An operand need not be expanded where the others give the result its shape; and where none does, the
 * operator works on the small operands and its result is expanded.
 */
const elementwise: Rule = (node, editor) => {
  const small = onNarrow(node, editor);
  if (small !== undefined) return small;
  const inputs = [...(node.inputs as readonly ValueId[])];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  let changed = false;
  for (const [index, input] of inputs.entries()) {
    const origin = narrow(editor, input);
    if (origin === undefined) continue;
    const others = inputs.map((other, position) => editor.shapeOf(position === index ? origin : other));
    if (!sameShape(broadcastShape(...others) ?? [], output.shape)) continue;
    inputs[index] = origin;
    changed = true;
  }
  return changed ? { ...node, inputs } : undefined;
};

/** f(expand(x), expand(y)) = expand(f(x, y)), where that saves at least half the work. */
function onNarrow(node: Node, editor: GraphEditor): ValueId | undefined {
  const inputs = node.inputs as readonly ValueId[];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const origins = inputs.map((input) => narrow(editor, input) ?? input);
  if (origins.every((origin, index) => origin === inputs[index])) return undefined;
  const shape = broadcastShape(...origins.map((origin) => editor.shapeOf(origin)));
  if (shape === undefined || sizeOf(shape) * 2 > sizeOf(output.shape)) return undefined;
  const value = editor.add(node.op, origins, { dtype: output.dtype, shape }, node.attributes, node.domain);
  return editor.add('Expand', [value, editor.integers(output.shape)], output);
}

/** f(expand(x)) = expand(f(x)). */
const unary: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const origin = editor.producedBy(input, 'Expand')?.inputs[0];
  if (origin === undefined || origin === null) return undefined;
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const spec = { dtype: output.dtype, shape: editor.shapeOf(origin) };
  const value = editor.add(node.op, [origin], spec, node.attributes, node.domain);
  return editor.add('Expand', [value, editor.integers(output.shape)], output);
};

/** The shape of the operand such that each axis of the result reads one axis or extent 1; none where axes mix. */
function shapeBeforeReshape(origin: Shape, expanded: Shape, result: Shape): number[] | undefined {
  const before = padShape(origin, expanded.length);
  const shape: number[] = [];
  let axis = 0;
  for (const extent of result) {
    while (axis < expanded.length && expanded[axis] === 1 && extent !== 1) axis++;
    if (extent === 1) shape.push(1);
    else if (expanded[axis] === extent) shape.push(before[axis++] as number);
    else return undefined;
  }
  return shape;
}

/** reshape(expand(x)) = expand(reshape(x)), where the reshape only adds or drops axes of extent 1. */
const reshape: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const origin = editor.producedBy(input, 'Expand')?.inputs[0];
  if (origin === undefined || origin === null) return undefined;
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const shape = shapeBeforeReshape(editor.shapeOf(origin), editor.shapeOf(input), output.shape);
  if (shape === undefined || sizeOf(shape) !== sizeOf(editor.shapeOf(origin))) return undefined;
  return editor.add('Expand', [editor.reshape(origin, shape), editor.integers(output.shape)], output);
};

/** Σ over an axis along which x repeats n times is n·x; a mean or an extreme is x. */
const reduction: Rule = (node, editor) => {
  const [input, axesOperand] = node.inputs as readonly [ValueId, ValueId | undefined];
  const origin = editor.producedBy(input, 'Expand')?.inputs[0];
  if (origin === undefined || origin === null) return undefined;
  const shape = editor.shapeOf(input);
  const before = padShape(editor.shapeOf(origin), shape.length);
  const axes = reducedAxes(node, shape.length, editor.constantOf(axesOperand));
  const repeated = axes.filter((axis) => before[axis] === 1 && (shape[axis] as number) > 1);
  if (repeated.length === 0) return undefined;
  const { dtype, shape: result } = editor.valueOf(node.outputs[0] as ValueId);
  const count = repeated.reduce((product, axis) => product * (shape[axis] as number), 1);
  const half = shape.map((extent, axis) => (repeated.includes(axis) ? 1 : extent));
  const narrowed = editor.reshape(origin, before);
  const wide = sameShape(before, half)
    ? narrowed
    : editor.add('Expand', [narrowed, editor.integers(half)], { dtype, shape: half });
  const keep = integerAttribute(node, 'keepdims', 1);
  const operands = axesOperand === undefined ? [wide] : [wide, axesOperand];
  const value = editor.add(
    node.op,
    operands,
    { dtype, shape: result },
    { ...node.attributes, keepdims: keep },
  );
  if (node.op !== 'ReduceSum') return value;
  const factor =
    dtype === 'float32'
      ? editor.scalar(count)
      : editor.constant({ dtype, shape: [], data: Int32Array.of(count) });
  return editor.add('Mul', [value, factor], { dtype, shape: result });
};

/** Broadcasts as late as possible, mostly never: operators broadcast by themselves. */
export const broadcasts: Pass = rewritePass(
  'broadcasts',
  'Drops Expand where operators broadcast by themselves, moves the rest down, and reduces repeated values by a product.',
  {
    ...Object.fromEntries([...BROADCASTING_ELEMENTWISE].map((op) => [op, elementwise])),
    ...Object.fromEntries([...UNARY_ELEMENTWISE].map((op) => [op, unary])),
    Expand: expand,
    Tile: tile,
    Reshape: reshape,
    ReduceSum: reduction,
    ReduceMean: reduction,
    ReduceMax: reduction,
    ReduceMin: reduction,
  },
);
