import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute, integersAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** α · op(A) · op(B) over the last two axes, where op transposes them or not. */
interface Product {
  readonly left: ValueId;
  readonly right: ValueId;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
  readonly alpha: number;
}

/** Reads a MatMul or FusedMatMul node; `undefined` for forms this pass does not know. */
function productOf(node: Node | undefined): Product | undefined {
  if (node === undefined) return undefined;
  const fused = node.op === 'FusedMatMul' && node.domain === 'com.microsoft';
  if (!fused && node.op !== 'MatMul') return undefined;
  if (integerAttribute(node, 'transBatchA', 0) !== 0 || integerAttribute(node, 'transBatchB', 0) !== 0)
    return undefined;
  return {
    left: node.inputs[0] as ValueId,
    right: node.inputs[1] as ValueId,
    transposeLeft: integerAttribute(node, 'transA', 0) !== 0,
    transposeRight: integerAttribute(node, 'transB', 0) !== 0,
    alpha: floatAttribute(node, 'alpha', 1),
  };
}

/** The node for a product, with the outputs of the node it replaces. */
function nodeOf(product: Product, node: Node): Node {
  const { left, right, transposeLeft, transposeRight, alpha } = product;
  const base = { inputs: [left, right], outputs: node.outputs, source: node.source };
  if (!transposeLeft && !transposeRight && alpha === 1)
    return { ...base, op: 'MatMul', domain: '', attributes: {} };
  const attributes = {
    transA: { type: 'int', value: transposeLeft ? 1 : 0 },
    transB: { type: 'int', value: transposeRight ? 1 : 0 },
    alpha: float(alpha),
  } as const;
  return { ...base, op: 'FusedMatMul', domain: 'com.microsoft', attributes };
}

/** Whether the node exchanges the last two axes and keeps the others. */
function isMatrixTranspose(node: Node | undefined, editor: GraphEditor): node is Node {
  if (node?.op !== 'Transpose') return false;
  const rank = editor.shapeOf(node.outputs[0] as ValueId).length;
  const order = integersAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (rank < 2) return false;
  return order.every((axis, index) => axis === (index < rank - 2 ? index : 2 * rank - 3 - index));
}

/** The operand before a transpose of its last two axes. */
function untransposed(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const producer = editor.producedBy(id, 'Transpose');
  return isMatrixTranspose(producer, editor) ? (producer.inputs[0] as ValueId) : undefined;
}

interface Scaled {
  readonly body: ValueId;
  readonly factor: number;
}

/** x and c, where the value is c·x for a constant scalar c and x has its shape; negation is a factor of -1. */
function scaled(editor: GraphEditor, id: ValueId | null | undefined): Scaled | undefined {
  const producer = editor.producerOf(id);
  if (producer === undefined) return undefined;
  const shape = editor.shapeOf(id as ValueId);
  const [left, right] = producer.inputs as readonly [ValueId, ValueId];
  if (producer.op === 'Neg') return { body: left, factor: -1 };
  if (producer.op !== 'Mul') return undefined;
  for (const [body, scalar] of [
    [left, right],
    [right, left],
  ] as const) {
    const factor = sizeOf(editor.shapeOf(scalar)) === 1 ? numberOf(editor, scalar) : undefined;
    if (factor !== undefined && sameShape(editor.shapeOf(body), shape)) return { body, factor };
  }
  return undefined;
}

/** Whether the result is a row or column: the engine's fast path for those knows no factor. */
function isVector(node: Node, editor: GraphEditor): boolean {
  return editor
    .shapeOf(node.outputs[0] as ValueId)
    .slice(-2)
    .includes(1);
}

/** Takes transposes and constant factors of the operands into the product. */
const operands: Rule = (node, editor) => {
  const product = productOf(node);
  if (product === undefined || editor.valueOf(product.left).dtype !== 'float32') return undefined;
  let { left, right, transposeLeft, transposeRight, alpha } = product;
  const [plainLeft, plainRight] = [untransposed(editor, left), untransposed(editor, right)];
  if (plainLeft !== undefined) [left, transposeLeft] = [plainLeft, !transposeLeft];
  if (plainRight !== undefined) [right, transposeRight] = [plainRight, !transposeRight];
  if (isVector(node, editor)) {
    if (plainLeft === undefined && plainRight === undefined) return undefined;
    return nodeOf({ left, right, transposeLeft, transposeRight, alpha }, node);
  }
  const [scaledLeft, scaledRight] = [scaled(editor, left), scaled(editor, right)];
  if (scaledLeft !== undefined) [left, alpha] = [scaledLeft.body, alpha * scaledLeft.factor];
  if (scaledRight !== undefined) [right, alpha] = [scaledRight.body, alpha * scaledRight.factor];
  if (left === product.left && right === product.right) return undefined;
  return nodeOf({ left, right, transposeLeft, transposeRight, alpha: Math.fround(alpha) }, node);
};

/** (A·B)ᵀ = Bᵀ·Aᵀ, where nothing else reads the product. */
const transposed: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  if (!isMatrixTranspose(node, editor) || editor.usesOf(input) > 1) return undefined;
  const product = productOf(editor.producerOf(input));
  if (product === undefined || editor.valueOf(input).dtype !== 'float32') return undefined;
  if (editor.shapeOf(product.left).length < 2 || editor.shapeOf(product.right).length < 2) return undefined;
  const { left, right, transposeLeft, transposeRight, alpha } = product;
  return nodeOf(
    { left: right, right: left, transposeLeft: !transposeRight, transposeRight: !transposeLeft, alpha },
    node,
  );
};

/** c·(A·B) and -(A·B) take the factor into the product, where nothing else reads it. */
const factor: Rule = (node, editor) => {
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (output.dtype !== 'float32') return undefined;
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const pairs: readonly (readonly [ValueId, number | undefined])[] =
    node.op === 'Neg'
      ? [[left, -1]]
      : [
          [left, sizeOf(editor.shapeOf(right)) === 1 ? numberOf(editor, right) : undefined],
          [right, sizeOf(editor.shapeOf(left)) === 1 ? numberOf(editor, left) : undefined],
        ];
  for (const [body, number] of pairs) {
    const producer = editor.producerOf(body);
    const product = productOf(producer);
    if (producer === undefined || product === undefined || number === undefined) continue;
    if (editor.usesOf(body) > 1 || isVector(producer, editor)) continue;
    if (!sameShape(editor.shapeOf(body), output.shape)) continue;
    return nodeOf({ ...product, alpha: Math.fround(product.alpha * number) }, node);
  }
  return undefined;
};

/** Takes transposes and constant factors into matrix products: ONNX Runtime's FusedMatMul. */
export const fusedProducts: Pass = rewritePass(
  'fused-products',
  'Takes transposes of the last two axes and constant factors into matrix products (FusedMatMul).',
  { MatMul: operands, FusedMatMul: operands, Transpose: transposed, Mul: factor, Neg: factor },
);
