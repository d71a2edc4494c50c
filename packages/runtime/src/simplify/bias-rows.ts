import type { Node, Pass, ValueId } from '../record/graph.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { sameShape } from './shape-arithmetic.js';

/** Longest inner axis for which copying both operands is cheaper than adding the bias in a pass of its own. */
const LONGEST_INNER = 4;
/** Fewest rows for which it is. */
const FEWEST_ROWS = 4;

interface Operands {
  readonly left: ValueId;
  readonly right: ValueId;
  readonly inner: number;
}

/** A batch of plain products A·B, one per task, that nothing else reads, with a short inner axis. */
function shortProduct(editor: GraphEditor, id: ValueId): Node | undefined {
  const node = editor.usesOf(id) > 1 ? undefined : editor.producerOf(id);
  if (node === undefined || (node.op !== 'MatMul' && node.op !== 'FusedMatMul')) return undefined;
  const names = ['transA', 'transB', 'transBatchA', 'transBatchB'];
  if (names.some((name) => integerAttribute(node, name, 0) !== 0)) return undefined;
  return node;
}

function operandsOf(editor: GraphEditor, node: Node, output: readonly number[]): Operands | undefined {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const [rows, columns] = [editor.shapeOf(left), editor.shapeOf(right)];
  const inner = rows.at(-1) as number;
  const batch = output.slice(0, -2);
  if (output.length < 3 || inner > LONGEST_INNER || (output.at(-2) as number) < FEWEST_ROWS) return undefined;
  return sameShape(rows.slice(0, -2), batch) && sameShape(columns.slice(0, -2), batch)
    ? { left, right, inner }
    : undefined;
}

/** A·B + 1·bᵀ = [A 1]·[B; bᵀ]: a bias per task is a row more in the right operand. */
const asRow: Rule = (node, editor) => {
  const { dtype, shape } = editor.valueOf(node.outputs[0] as ValueId);
  const [first, second] = node.inputs as readonly [ValueId, ValueId];
  if (dtype !== 'float32') return undefined;
  for (const [value, bias] of [
    [first, second],
    [second, first],
  ] as const) {
    const product = sameShape(editor.shapeOf(value), shape) ? shortProduct(editor, value) : undefined;
    const operands = product === undefined ? undefined : operandsOf(editor, product, shape);
    if (product === undefined || operands === undefined) continue;
    if (!sameShape(editor.shapeOf(bias), shape.with(-2, 1))) continue;
    return { ...product, inputs: widened(editor, product, operands, bias), outputs: node.outputs };
  }
  return undefined;
};

function widened(
  editor: GraphEditor,
  product: Node,
  { left, right, inner }: Operands,
  bias: ValueId,
): ValueId[] {
  const [rows, columns] = [editor.shapeOf(left), editor.shapeOf(right)];
  const column = rows.with(-1, 1);
  const size = column.reduce((total, extent) => total * extent, 1);
  const one = 1 / floatAttribute(product, 'alpha', 1); // The product's factor is not the bias's.
  const ones = editor.constant({ dtype: 'float32', shape: column, data: new Float32Array(size).fill(one) });
  const spec = (shape: readonly number[]) => ({ dtype: 'float32', shape }) as const;
  return [
    editor.add('Concat', [left, ones], spec(rows.with(-1, inner + 1)), { axis: rows.length - 1 }),
    editor.add('Concat', [right, bias], spec(columns.with(-2, inner + 1)), { axis: columns.length - 2 }),
  ];
}

/** Adds a bias per task inside a product whose inner axis is short: a broadcast addition costs as much as the product. */
export const biasRows: Pass = lateRewritePass(
  'bias-rows',
  'Makes a bias per task one more row of the right operand, where the inner axis of the product is short.',
  { Add: asRow },
);
