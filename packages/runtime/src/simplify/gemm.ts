import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/** x + (A·B + P) = A·B + (P + x), where P is itself a product and can take x along. */
const intoChain: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  for (const [value, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const outer = editor.usesOf(value) > 1 ? undefined : editor.producedBy(value, 'Gemm');
    const summand = outer?.inputs[2];
    if (outer === undefined || summand === undefined || summand === null) continue;
    if (matrixProduct(editor, summand) === undefined || !sameShape(editor.shapeOf(other), output.shape))
      continue;
    if (!sameShape(editor.shapeOf(summand), output.shape)) continue;
    const inner = editor.add('Add', [summand, other], output);
    return { ...outer, inputs: [...outer.inputs.slice(0, 2), inner], outputs: node.outputs };
  }
  return undefined;
};

/** α·op(A)·op(B) + C in one node, for matrices, also where the product is seen under another shape. */
const withBias: Rule = (node, editor) => {
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (output.dtype !== 'float32' || output.shape.length < 2) return undefined;
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  for (const [value, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const product = sameShape(editor.shapeOf(value), output.shape) ? matrixProduct(editor, value) : undefined;
    if (product === undefined) continue;
    const shape = editor.shapeOf(product.outputs[0] as ValueId);
    if (shape[1] !== output.shape.at(-1)) continue;
    const bias = biasFor(editor, other, shape as readonly [number, number]);
    if (bias === undefined) continue;
    const fused = editor.add(
      'Gemm',
      [...product.inputs, bias],
      { dtype: 'float32', shape },
      gemmAttributes(product),
    );
    return editor.reshape(fused, output.shape);
  }
  return undefined;
};

function gemmAttributes(product: Node) {
  return {
    alpha: float(floatAttribute(product, 'alpha', 1)),
    transA: integerAttribute(product, 'transA', 0),
    transB: integerAttribute(product, 'transB', 0),
  };
}

/** The summand as Gemm takes it: a scalar, a row, a column, or a whole matrix; a bias per task is none of these. */
function biasFor(
  editor: GraphEditor,
  id: ValueId,
  [rows, columns]: readonly [number, number],
): ValueId | undefined {
  const shape = editor.shapeOf(id);
  const size = sizeOf(shape);
  if (size === 1) return editor.reshape(id, []);
  if (size === rows * columns) return editor.reshape(id, [rows, columns]);
  if (size === rows && shape.at(-1) === 1) return editor.reshape(id, [rows, 1]);
  return size === columns && shape.at(-1) === columns ? editor.reshape(id, [columns]) : undefined;
}

/** The product of two matrices that nothing else reads, seen through a Reshape. */
function matrixProduct(editor: GraphEditor, id: ValueId): Node | undefined {
  if (editor.usesOf(id) > 1) return undefined;
  const node = editor.producerOf(id);
  if (node?.op === 'Reshape') return matrixProduct(editor, node.inputs[0] as ValueId);
  if (node === undefined || (node.op !== 'MatMul' && node.op !== 'FusedMatMul')) return undefined;
  const matrices = (node.inputs as readonly ValueId[]).every((input) => editor.shapeOf(input).length === 2);
  const plain =
    integerAttribute(node, 'transBatchA', 0) === 0 && integerAttribute(node, 'transBatchB', 0) === 0;
  return matrices && plain ? node : undefined;
}

/** Adds a bias while the product is still in the processor's registers. */
export const gemm: Pass = lateRewritePass(
  'gemm',
  'Joins the product of two matrices and what is added to it, a bias or another matrix, into Gemm.',
  { Add: [withBias, intoChain] },
);
