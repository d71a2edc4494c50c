import type { Node, Pass, ValueId } from '../record/graph.js';
import { integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { broadcastShape, sameShape, sizeOf } from './shape-arithmetic.js';

/** What an operand repeats along its batch axes, where its matrices are not themselves what is repeated. */
function repeated(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const origin = editor.producedBy(id, 'Expand')?.inputs[0];
  if (origin === undefined || origin === null) return undefined;
  const [before, after] = [editor.shapeOf(origin), editor.shapeOf(id)];
  return before.length >= 2 && sameShape(before.slice(-2), after.slice(-2)) ? origin : undefined;
}

/** Matrix products broadcast over batch axes by themselves, and a matrix shared by all is read from cache. */
const product: Rule = (node: Node, editor) => {
  const inputs = [...(node.inputs as readonly ValueId[])];
  const output = editor.shapeOf(node.outputs[0] as ValueId);
  if (output.length < 3) return undefined;
  let changed = false;
  for (const index of [1, 0]) {
    const origin = repeated(editor, inputs[index] as ValueId);
    if (origin === undefined) continue;
    const batch = editor.shapeOf(origin).slice(0, -2);
    const other = editor.shapeOf(inputs[1 - index] as ValueId).slice(0, -2);
    if (!sameShape(broadcastShape(batch, other) ?? [], output.slice(0, -2))) continue;
    inputs[index] = sizeOf(batch) === 1 ? editor.reshape(origin, editor.shapeOf(origin).slice(-2)) : origin;
    changed = true;
  }
  return changed ? { ...node, inputs } : undefined;
};

/** A stack of matrices times one matrix is one tall matrix times that matrix, which can take a bias along. */
const tall: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const [stack, output] = [editor.shapeOf(left), editor.valueOf(node.outputs[0] as ValueId)];
  if (stack.length < 3 || editor.shapeOf(right).length !== 2 || integerAttribute(node, 'transA', 0) !== 0)
    return undefined;
  if (!sameShape(stack.slice(0, -1), output.shape.slice(0, -1))) return undefined;
  const rows = sizeOf(stack.slice(0, -1));
  const matrix = editor.reshape(left, [rows, stack.at(-1) as number]);
  const shape = [rows, output.shape.at(-1) as number];
  const value = editor.add(
    node.op,
    [matrix, right],
    { dtype: output.dtype, shape },
    node.attributes,
    node.domain,
  );
  return editor.reshape(value, output.shape);
};

/** Multiplies by a matrix that all tasks share as by one matrix, not by a copy per task. */
export const productsOfBroadcasts: Pass = rewritePass(
  'products-of-broadcasts',
  'Drops Expand before matrix products; multiplies a stack of matrices by a shared one as one tall matrix.',
  { MatMul: [product, tall], FusedMatMul: [product, tall] },
);
