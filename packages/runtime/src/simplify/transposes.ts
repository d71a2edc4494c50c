import type { Node, Pass, ValueId } from '../record/graph.js';
import { integersAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { BROADCASTING_ELEMENTWISE, REDUCTIONS, UNARY_ELEMENTWISE } from './operator-traits.js';
import { reducedAxes } from './reduced-axes.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/** The order of axes that a Transpose node applies. */
function orderOf(node: Node, editor: GraphEditor): readonly number[] {
  const rank = editor.shapeOf(node.outputs[0] as ValueId).length;
  return integersAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

/** Two transposes are one; a transpose that keeps all axes is none. */
const compose: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const outer = orderOf(node, editor);
  const earlier = editor.producedBy(input, 'Transpose');
  const origin = earlier === undefined ? input : (earlier.inputs[0] as ValueId);
  const order = earlier === undefined ? outer : outer.map((axis) => orderOf(earlier, editor)[axis] as number);
  if (order.every((axis, index) => axis === index)) return origin;
  if (earlier === undefined) return undefined;
  return {
    ...node,
    inputs: [origin],
    attributes: { perm: { type: 'ints', value: order } },
  };
};

/** f(xᵀ) = f(x)ᵀ, where nothing else reads xᵀ: further down it may meet its inverse. */
const pastUnary: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const earlier = editor.usesOf(input) > 1 ? undefined : editor.producedBy(input, 'Transpose');
  if (earlier === undefined) return undefined;
  const origin = earlier.inputs[0] as ValueId;
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const spec = { dtype: output.dtype, shape: editor.shapeOf(origin) };
  const value = editor.add(node.op, [origin], spec, node.attributes, node.domain);
  return { ...earlier, inputs: [value], outputs: node.outputs };
};

/** Whether the value reads the same under any order of axes. */
function isScalar(editor: GraphEditor, id: ValueId): boolean {
  return sizeOf(editor.shapeOf(id)) === 1;
}

/**
 * f(xᵀ, yᵀ, scalars) = f(x, y, scalars)ᵀ, where all operands that are not scalars are transposed alike and
 * nothing else reads them.
 */
const pastBroadcast: Rule = (node, editor) => {
  const inputs = node.inputs as readonly ValueId[];
  // Signs and factors move past transposes, not the other way: see `negations` and `scalar-chains`.
  if (node.op === 'Mul' && inputs.some((input) => isScalar(editor, input))) return undefined;
  const transposed = inputs.filter((input) => !isScalar(editor, input));
  const producers = transposed.map((input) => editor.producedBy(input, 'Transpose'));
  const [first] = producers;
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (first === undefined || !transposed.every((input) => sameShape(editor.shapeOf(input), output.shape)))
    return undefined;
  const order = orderOf(first, editor);
  const alike = producers.every((producer, index) => {
    const single =
      editor.usesOf(transposed[index] as ValueId) ===
      transposed.filter((id) => id === transposed[index]).length;
    return producer !== undefined && single && sameShape(orderOf(producer, editor), order);
  });
  if (!alike) return undefined;
  const origins = inputs.map((input) =>
    isScalar(editor, input)
      ? editor.reshape(input, [])
      : (editor.producedBy(input, 'Transpose')?.inputs[0] as ValueId),
  );
  const shape = editor.shapeOf(first.inputs[0] as ValueId);
  const value = editor.add(node.op, origins, { dtype: output.dtype, shape }, node.attributes, node.domain);
  return { ...first, inputs: [value], outputs: node.outputs };
};

/** A reduction reads its operand in any order; only what is left needs transposing. */
const pastReduction: Rule = (node, editor) => {
  const [input, axesOperand] = node.inputs as readonly [ValueId, ValueId | undefined];
  const earlier = editor.producedBy(input, 'Transpose');
  if (earlier === undefined || (axesOperand !== undefined && editor.constantOf(axesOperand) === undefined))
    return undefined;
  const order = orderOf(earlier, editor);
  const axes = reducedAxes(node, order.length, editor.constantOf(axesOperand));
  const mapped = axes.map((axis) => order[axis] as number).sort((left, right) => left - right);
  const origin = earlier.inputs[0] as ValueId;
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const kept = editor.shapeOf(origin).map((extent, axis) => (mapped.includes(axis) ? 1 : extent));
  const value = reduceKeeping(node, editor, origin, mapped, { dtype: output.dtype, shape: kept });
  const shape = order.map((axis) => kept[axis] as number);
  const turned = editor.add('Transpose', [value], { dtype: output.dtype, shape }, { perm: order });
  return editor.reshape(turned, output.shape);
};

function reduceKeeping(
  node: Node,
  editor: GraphEditor,
  input: ValueId,
  axes: readonly number[],
  spec: Parameters<GraphEditor['add']>[2],
): ValueId {
  if (node.inputs.length > 1 || node.op === 'ReduceSum') {
    return editor.add(node.op, [input, editor.integers(axes)], spec, { keepdims: 1 });
  }
  return editor.add(node.op, [input], spec, { axes, keepdims: 1 });
}

/** Composes transposes and moves them towards the outputs until they cancel or shrink. */
export const transposes: Pass = rewritePass(
  'transposes',
  'Composes and cancels transposes; moves them past elementwise operators and reductions.',
  {
    ...Object.fromEntries([...UNARY_ELEMENTWISE].filter((op) => op !== 'Neg').map((op) => [op, pastUnary])),
    ...Object.fromEntries([...BROADCASTING_ELEMENTWISE].map((op) => [op, pastBroadcast])),
    ...Object.fromEntries([...REDUCTIONS].map((op) => [op, pastReduction])),
    Transpose: compose,
  },
);
