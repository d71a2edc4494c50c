import type { Pass, ValueId } from '../record/graph.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';
import { addSum, sumOf } from './sum-of.js';

/** Rows up to which a product with a row of ones beats the engine's reduction of leading axes. */
const MOST_ROWS = 4096;

/** Axes of extent 1 hide the engine's fast ways of summing: they are dropped, and neighbours joined. */
const compact: Rule = (node, editor) => {
  const sum = sumOf(node, editor);
  if (sum === undefined) return undefined;
  const shape = editor.shapeOf(sum.input);
  const blocks: { extent: number; summed: boolean }[] = [];
  for (const [axis, extent] of shape.entries()) {
    if (extent === 1) continue;
    const summed = sum.axes.includes(axis);
    const last = blocks.at(-1);
    if (last?.summed === summed) last.extent *= extent;
    else blocks.push({ extent, summed });
  }
  const plain = blocks.map(({ extent }) => extent);
  const output = editor.shapeOf(node.outputs[0] as ValueId);
  if (sameShape(plain, shape) || sizeOf(shape) === 0) return undefined;
  const axes = blocks.flatMap(({ summed }, axis) => (summed ? [axis] : []));
  if (axes.length === 0) return editor.reshape(sum.input, output);
  return addSum(editor, { input: editor.reshape(sum.input, plain), axes }, output);
};

/** Σ over rows of a matrix = (1 1 … 1)·X, which the engine does many times faster than its own reduction. */
const ofRows: Rule = (node, editor) => {
  const sum = sumOf(node, editor);
  if (sum === undefined) return undefined;
  const { dtype, shape } = editor.valueOf(sum.input);
  const [rows, columns] = shape as readonly [number, number];
  if (dtype !== 'float32' || shape.length !== 2 || sum.axes.join() !== '0' || rows > MOST_ROWS || columns < 2)
    return undefined;
  const ones = editor.constant({ dtype, shape: [1, rows], data: new Float32Array(rows).fill(1) });
  const product = editor.add('MatMul', [ones, sum.input], { dtype, shape: [1, columns] });
  return editor.reshape(product, editor.shapeOf(node.outputs[0] as ValueId));
};

/** Sums in the way the engine is fastest at. */
export const sums: Pass = lateRewritePass(
  'sums',
  'Drops axes of extent 1 from sums, and sums the rows of a matrix by a product with ones.',
  { ReduceSum: [compact, ofRows] },
);
