import type { Pass, ValueId } from '../record/graph.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** A choice whose answer is known: the condition is constant, or both sides are the same value. */
const known: Rule = (node, editor) => {
  const [condition, positive, negative] = node.inputs as readonly [ValueId, ValueId, ValueId];
  const truth = numberOf(editor, condition);
  const chosen =
    truth === undefined ? (positive === negative ? positive : undefined) : truth ? positive : negative;
  if (chosen === undefined) return undefined;
  const { dtype, shape } = editor.valueOf(node.outputs[0] as ValueId);
  if (sameShape(editor.shapeOf(chosen), shape)) return chosen;
  return editor.add('Expand', [chosen, editor.integers(shape)], { dtype, shape });
};

/** Where(¬c, a, b) = Where(c, b, a). */
const swapped: Rule = (node, editor) => {
  const [condition, positive, negative] = node.inputs as readonly [ValueId, ValueId, ValueId];
  const inner = editor.producedBy(condition, 'Not')?.inputs[0];
  return inner === undefined || inner === null ? undefined : { ...node, inputs: [inner, negative, positive] };
};

const doubleNot: Rule = (node, editor) => editor.producedBy(node.inputs[0], 'Not')?.inputs[0] ?? undefined;

/** Takes choices whose answer is known while compiling. */
export const conditions: Pass = rewritePass(
  'conditions',
  'Resolves Where with a constant condition or equal sides, and removes double Not.',
  { Where: [known, swapped], Not: doubleNot },
);
