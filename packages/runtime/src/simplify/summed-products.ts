import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { reducedAxes } from './reduced-axes.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/** The batch of a product Aᵀ·B (matrices [B, i] and [B, o] per batch entry) that nothing else reads. */
function transposedProduct(editor: GraphEditor, id: ValueId): Node | undefined {
  const node = editor.producedBy(id, 'FusedMatMul');
  if (node === undefined || editor.usesOf(id) > 1) return undefined;
  const form = ['transA', 'transB', 'transBatchA', 'transBatchB'].map((name) =>
    integerAttribute(node, name, 0),
  );
  if (form.join('') !== '1000') return undefined;
  const [left, right, output] = [...node.inputs, id].map((value) => editor.shapeOf(value as ValueId)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const batch = output.slice(0, -2);
  return sameShape(left.slice(0, -2), batch) && sameShape(right.slice(0, -2), batch) ? node : undefined;
}

/** Whether a reduction runs over exactly the axes before the last two. */
function sumsOverBatch(node: Node, editor: GraphEditor): boolean {
  const [input, axesOperand] = node.inputs as readonly [ValueId, ValueId | undefined];
  const rank = editor.shapeOf(input).length;
  if (rank < 3 || (axesOperand !== undefined && editor.constantOf(axesOperand) === undefined)) return false;
  const axes = reducedAxes(node, rank, editor.constantOf(axesOperand));
  return axes.length === rank - 2 && axes.every((axis, index) => axis === index);
}

/** Σ_t A_tᵀ·B_t = Aᵀ·B with all A_t, and all B_t, one below the other: one product instead of a batch and a sum. */
const ofProduct: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  if (!sumsOverBatch(node, editor)) return undefined;
  const product = transposedProduct(editor, input);
  if (product === undefined) return undefined;
  const [left, right] = product.inputs as readonly [ValueId, ValueId];
  const flat = (id: ValueId): ValueId => {
    const shape = editor.shapeOf(id);
    return editor.reshape(id, [sizeOf(shape.slice(0, -1)), shape.at(-1) as number]);
  };
  const shape = editor.shapeOf(input).slice(-2);
  const attributes = { transA: 1, transB: 0, alpha: float(floatAttribute(product, 'alpha', 1)) };
  const sum = editor.add(
    'FusedMatMul',
    [flat(left), flat(right)],
    { dtype: 'float32', shape },
    attributes,
    'com.microsoft',
  );
  return editor.reshape(sum, editor.shapeOf(node.outputs[0] as ValueId));
};

/** Whether a value is such a product, or a sum that holds one and that nothing else reads. */
function holdsProduct(editor: GraphEditor, id: ValueId, depth = 0): boolean {
  if (transposedProduct(editor, id) !== undefined) return true;
  const sum = editor.producerOf(id);
  if (sum === undefined || !isSum(sum) || editor.usesOf(id) > 1 || depth > DEEPEST_SUM) return false;
  return (sum.inputs as readonly ValueId[]).some((operand) => holdsProduct(editor, operand, depth + 1));
}

/** A search through longer chains of additions would not be linear in the number of nodes. */
const DEEPEST_SUM = 6;

function isSum(node: Node): boolean {
  return node.op === 'Add' || node.op === 'Sub';
}

/** Σ (x ± y) = Σ x ± Σ y, where one of them is a product that can then be summed for nothing. */
const ofSum: Rule = (node, editor) => {
  const [input, ...rest] = node.inputs as readonly ValueId[];
  const sum = editor.producerOf(input as ValueId);
  if (sum === undefined || !isSum(sum) || editor.usesOf(input as ValueId) > 1) return undefined;
  const operands = sum.inputs as readonly [ValueId, ValueId];
  const shape = editor.shapeOf(input as ValueId);
  if (!operands.every((operand) => sameShape(editor.shapeOf(operand), shape))) return undefined;
  if (!sumsOverBatch(node, editor) || !operands.some((operand) => holdsProduct(editor, operand)))
    return undefined;
  const spec = editor.valueOf(node.outputs[0] as ValueId);
  const parts = operands.map((operand) => editor.add(node.op, [operand, ...rest], spec, node.attributes));
  return { ...sum, inputs: parts, outputs: node.outputs };
};

/** Sums over tasks inside the matrix product: the outer gradient of weights that all tasks start from. */
export const summedProducts: Pass = rewritePass(
  'summed-products',
  'Takes the sum over a batch of matrix products into one product, through additions.',
  { ReduceSum: [ofProduct, ofSum] },
);
