import type { Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { BROADCASTING_ELEMENTWISE } from './operator-traits.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { sizeOf } from './shape-arithmetic.js';

/** The same number with as many axes as what it is combined with. */
function withRank(editor: GraphEditor, id: ValueId, rank: number): ValueId {
  const shape = new Array<number>(rank).fill(1);
  const constant = editor.constantOf(id);
  return constant === undefined ? editor.reshape(id, shape) : editor.constant({ ...constant, shape });
}

/**
 * ONNX Runtime walks a tensor whose last axis has extent 1 number by number when a scalar of lower rank is broadcast to it, some
 * thirty times slower than with a scalar of the same rank.
 */
const fullRank: Rule = (node, editor) => {
  const { shape } = editor.valueOf(node.outputs[0] as ValueId);
  if (shape.at(-1) !== 1 || sizeOf(shape) === 1) return undefined;
  const inputs = node.inputs as readonly ValueId[];
  const isLow = (id: ValueId) => sizeOf(editor.shapeOf(id)) === 1 && editor.shapeOf(id).length < shape.length;
  if (!inputs.some(isLow)) return undefined;
  return { ...node, inputs: inputs.map((id) => (isLow(id) ? withRank(editor, id, shape.length) : id)) };
};

/** Gives scalars the rank of the columns that they are combined with. */
export const scalarShapes: Pass = lateRewritePass(
  'scalar-shapes',
  'Gives a scalar the rank of a tensor whose last axis has extent 1 before it is broadcast to it.',
  Object.fromEntries([...BROADCASTING_ELEMENTWISE].map((op) => [op, fullRank])),
);
