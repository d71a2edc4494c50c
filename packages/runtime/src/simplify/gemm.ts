import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { broadcastShape, sameShape } from './shape-arithmetic.js';

/** α·op(A)·op(B) + C in one node, for matrices; C broadcasts to the result. */
const withBias: Rule = (node, editor) => {
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (output.dtype !== 'float32' || output.shape.length !== 2) return undefined;
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  for (const [value, bias] of [
    [left, right],
    [right, left],
  ] as const) {
    const product = matrixProduct(editor, value);
    if (product === undefined || !sameShape(editor.shapeOf(value), output.shape)) continue;
    if (!sameShape(broadcastShape(editor.shapeOf(bias), output.shape) ?? [], output.shape)) continue;
    return {
      op: 'Gemm',
      domain: '',
      inputs: [product.inputs[0] as ValueId, product.inputs[1] as ValueId, bias],
      outputs: node.outputs,
      attributes: {
        alpha: float(floatAttribute(product, 'alpha', 1)),
        transA: { type: 'int', value: integerAttribute(product, 'transA', 0) },
        transB: { type: 'int', value: integerAttribute(product, 'transB', 0) },
      },
      source: product.source,
    };
  }
  return undefined;
};

/** The product of two matrices that nothing else reads. */
function matrixProduct(editor: GraphEditor, id: ValueId): Node | undefined {
  const node = editor.producerOf(id);
  if (node === undefined || (node.op !== 'MatMul' && node.op !== 'FusedMatMul') || editor.usesOf(id) > 1)
    return undefined;
  const matrices = (node.inputs as readonly ValueId[]).every((input) => editor.shapeOf(input).length === 2);
  const plain =
    integerAttribute(node, 'transBatchA', 0) === 0 && integerAttribute(node, 'transBatchB', 0) === 0;
  return matrices && plain ? node : undefined;
}

/** Adds a bias while the product is still in the processor's registers. */
export const gemm: Pass = rewritePass('gemm', 'Joins the product of two matrices and a bias into Gemm.', {
  Add: withBias,
});
