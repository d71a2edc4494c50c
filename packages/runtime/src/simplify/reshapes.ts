import type { Pass, ValueId } from '../record/graph.js';
import { integersAttribute } from './attributes-of.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/** Squeeze, Unsqueeze and Flatten are Reshape: one operator for the other rules to look for. */
const canonical: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  return editor.reshape(input, editor.shapeOf(node.outputs[0] as ValueId));
};

/** Of several reshapes the last decides; to the shape the operand has, none is needed. */
const chain: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const shape = editor.shapeOf(node.outputs[0] as ValueId);
  if (sameShape(editor.shapeOf(input), shape)) return input;
  const origin = editor.producedBy(input, 'Reshape')?.inputs[0];
  return origin === undefined || origin === null ? undefined : editor.reshape(origin, shape);
};

/** A reduction over axes of extent 1 only; a sum of squares still squares. */
const emptyReduction: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const [value, output] = [editor.valueOf(input), editor.valueOf(node.outputs[0] as ValueId)];
  if (sizeOf(value.shape) !== sizeOf(output.shape) || value.dtype !== output.dtype) return undefined;
  return editor.reshape(input, output.shape);
};

/** A transpose that keeps the order of all axes longer than 1 moves nothing in memory. */
const stillTranspose: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const shape = editor.shapeOf(input);
  const order = integersAttribute(node, 'perm') ?? shape.map((_, axis) => shape.length - 1 - axis);
  const long = order.filter((axis) => (shape[axis] as number) > 1);
  if (long.some((axis, index) => index > 0 && axis < (long[index - 1] as number))) return undefined;
  return editor.reshape(input, editor.shapeOf(node.outputs[0] as ValueId));
};

/** Makes one Reshape, or none, of whatever only renames the axes of a tensor. */
export const reshapes: Pass = rewritePass(
  'reshapes',
  'Joins Squeeze, Unsqueeze, Flatten and Reshape; turns reductions and transposes that move nothing into Reshape.',
  {
    Squeeze: canonical,
    Unsqueeze: canonical,
    Flatten: canonical,
    Reshape: chain,
    ReduceSum: emptyReduction,
    ReduceMean: emptyReduction,
    ReduceMax: emptyReduction,
    ReduceMin: emptyReduction,
    ReduceProd: emptyReduction,
    Transpose: stillTranspose,
  },
);
