import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';

/** The operand with its last two axes exchanged by a Reshape, where one of them has extent 1. */
function turned(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const shape = editor.shapeOf(id);
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined || (rows !== 1 && columns !== 1)) return undefined;
  return editor.reshape(id, [...shape.slice(0, -2), columns, rows]);
}

/** A transposed vector is the same memory: the product without a transpose is up to twice as fast. */
const untransposed: Rule = (node: Node, editor) => {
  const attributes = { ...node.attributes };
  const inputs = [...(node.inputs as readonly ValueId[])];
  let changed = false;
  for (const [index, name] of ['transA', 'transB'].entries()) {
    if (integerAttribute(node, name, 0) === 0) continue;
    const vector = turned(editor, inputs[index] as ValueId);
    if (vector === undefined) continue;
    inputs[index] = vector;
    attributes[name] = { type: 'int', value: 0 };
    changed = true;
  }
  return changed ? { ...node, inputs, attributes } : undefined;
};

/** The engine's fast path for rows and columns knows no factor: it is applied to the result, which is small. */
const unscaled: Rule = (node, editor) => {
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const alpha = floatAttribute(node, 'alpha', 1);
  if (alpha === 1 || !output.shape.slice(-2).includes(1)) return undefined;
  const attributes = { ...node.attributes, alpha: float(1) };
  const product = editor.add(node.op, node.inputs, output, attributes, node.domain);
  return editor.add('Mul', [product, editor.scalar(alpha)], output);
};

/** Brings products with a row or column to the form that the engine has a fast path for. */
export const vectorProducts: Pass = lateRewritePass(
  'vector-products',
  'Reshapes a transposed row or column instead of transposing it inside a product, and scales the result of such a product.',
  { FusedMatMul: [untransposed, unscaled] },
);
