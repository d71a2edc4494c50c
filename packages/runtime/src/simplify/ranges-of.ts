import type { Node, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { type AxisRange, slicedRange } from './sliced-range.js';

/** What a Slice node takes of each axis; `undefined` where its bounds are not constants. */
export function rangesOf(node: Node, editor: GraphEditor): readonly AxisRange[] | undefined {
  const operands = node.inputs.slice(1).map((input) => editor.constantOf(input));
  if (operands.some((operand, index) => operand === undefined && node.inputs[index + 1] !== null))
    return undefined;
  const [starts, ends, axes, steps] = operands;
  if (starts === undefined || ends === undefined) return undefined;
  return slicedRange(editor.shapeOf(node.inputs[0] as ValueId), starts, ends, axes, steps);
}
