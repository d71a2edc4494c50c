import type { Node, ValueId } from '../record/graph.js';
import { integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { reducedAxes } from './reduced-axes.js';
import type { Shape } from './shape-arithmetic.js';

/** What a ReduceSum adds up. */
export interface Sum {
  readonly input: ValueId;
  readonly axes: readonly number[];
}

/** Operand and axes of a sum; `undefined` for other nodes, and where the axes are not constant. */
export function sumOf(node: Node | undefined, editor: GraphEditor): Sum | undefined {
  if (node?.op !== 'ReduceSum') return undefined;
  const [input, axesOperand] = node.inputs as readonly [ValueId, ValueId | null | undefined];
  const axes = editor.constantOf(axesOperand);
  if (axes === undefined && axesOperand !== null && axesOperand !== undefined) return undefined;
  if (integerAttribute(node, 'noop_with_empty_axes', 0) !== 0) return undefined;
  return { input, axes: reducedAxes(node, editor.shapeOf(input).length, axes) };
}

/** Adds a sum over axes whose result is seen under a shape. */
export function addSum(editor: GraphEditor, { input, axes }: Sum, shape: Shape): ValueId {
  const value = editor.valueOf(input);
  const spec = { dtype: value.dtype, shape: value.shape.filter((_, axis) => !axes.includes(axis)) };
  const sum = editor.add('ReduceSum', [input, editor.integers(axes)], spec, { keepdims: 0 });
  return editor.reshape(sum, shape);
}
