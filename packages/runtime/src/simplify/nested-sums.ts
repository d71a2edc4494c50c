import type { Pass, ValueId } from '../record/graph.js';
import { integerAttribute } from './attributes-of.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { addSum, sumOf } from './sum-of.js';

/** Σ Σ x in one sum, where nothing else reads the inner one. */
const nested: Rule = (node, editor) => {
  const outer = sumOf(node, editor);
  const [input] = node.inputs as readonly [ValueId];
  const producer = editor.usesOf(input) > 1 ? undefined : editor.producedBy(input, 'ReduceSum');
  const inner = sumOf(producer, editor);
  if (outer === undefined || inner === undefined || producer === undefined) return undefined;
  const keeps = integerAttribute(producer, 'keepdims', 1) !== 0;
  const rank = editor.shapeOf(inner.input).length;
  const kept = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => keeps || !inner.axes.includes(axis),
  );
  const axes = [...new Set([...inner.axes, ...outer.axes.map((axis) => kept[axis] as number)])].sort(
    (a, b) => a - b,
  );
  const output = editor.valueOf(node.outputs[0] as ValueId);
  return addSum(editor, { input: inner.input, axes }, output.shape);
};

/** Adds up once what is added up in two steps. */
export const nestedSums: Pass = rewritePass('nested-sums', 'Joins a sum of sums into one.', {
  ReduceSum: nested,
});
