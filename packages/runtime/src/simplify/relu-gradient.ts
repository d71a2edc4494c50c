import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameType } from './shape-arithmetic.js';

/** The truth value behind a 0/1 mask. */
function maskOf(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const input = editor.producedBy(id, 'Cast')?.inputs[0];
  return input !== undefined && input !== null && editor.valueOf(input).dtype === 'bool' ? input : undefined;
}

/** y · [c] = Where(c, y, 0), which leaves the mask as truth values: one pass and a quarter of its memory. */
const masked: Rule = (node: Node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (output.dtype !== 'float32' || left === right) return undefined;
  for (const [value, mask] of [
    [left, right],
    [right, left],
  ] as const) {
    const condition = maskOf(editor, mask);
    if (condition === undefined || !sameType(editor.valueOf(value), output)) continue;
    return { ...node, op: 'Where', inputs: [condition, value, editor.scalar(0)] };
  }
  return undefined;
};

/** Multiplies by a mask without making the mask a float tensor: the gradient of relu, max and clip. */
export const reluGradient: Pass = rewritePass(
  'relu-gradient',
  'Writes y * cast(condition) as Where(condition, y, 0).',
  { Mul: masked },
);
