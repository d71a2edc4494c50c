import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameType, sizeOf } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

interface Term {
  /** The operand that keeps the shape. */
  readonly body: ValueId;
  /** The operand of one element. */
  readonly scalar: ValueId;
}

/** Splits `body · scalar` or `body + scalar`, where the result has the body's shape. */
function split(node: Node | undefined, editor: GraphEditor): Term | undefined {
  if (node === undefined) return undefined;
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const fits = (body: ValueId, scalar: ValueId) =>
    sizeOf(editor.shapeOf(scalar)) === 1 &&
    sameType(editor.valueOf(body), output) &&
    sizeOf(output.shape) > 1;
  if (fits(left, right)) return { body: left, scalar: right };
  return fits(right, left) ? { body: right, scalar: left } : undefined;
}

/** Both scalars joined by the operator; of constants, a constant. */
function joined(editor: GraphEditor, op: string, first: ValueId, second: ValueId): ValueId {
  const [a, b] = [numberOf(editor, first), numberOf(editor, second)];
  if (a !== undefined && b !== undefined && editor.valueOf(first).dtype === 'float32') {
    return editor.scalar(op === 'Mul' ? a * b : a + b);
  }
  const [left, right] = [asScalar(editor, first), asScalar(editor, second)];
  return editor.add(op, [left, right], { dtype: editor.valueOf(first).dtype, shape: [] });
}

function asScalar(editor: GraphEditor, id: ValueId): ValueId {
  const constant = numberOf(editor, id);
  return constant !== undefined && editor.valueOf(id).dtype === 'float32'
    ? editor.scalar(constant)
    : editor.reshape(id, []);
}

/** (x∘a)∘b = x∘(a∘b) for scalars a, b: one pass over x instead of two. */
const chain: Rule = (node, editor) => {
  const outer = split(node, editor);
  const inner = split(editor.producedBy(outer?.body, node.op), editor);
  if (outer === undefined || inner === undefined) return undefined;
  if (editor.usesOf(outer.body) > 1 && !bothConstant(editor, outer.scalar, inner.scalar)) return undefined;
  return { ...node, inputs: [inner.body, joined(editor, node.op, inner.scalar, outer.scalar)] };
};

function bothConstant(editor: GraphEditor, first: ValueId, second: ValueId): boolean {
  return numberOf(editor, first) !== undefined && numberOf(editor, second) !== undefined;
}

/** (x·a)·(y·b) = (x·y)·(a·b) for scalars a, b. */
const pair: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  if (left === right || editor.usesOf(left) > 1 || editor.usesOf(right) > 1) return undefined;
  const first = split(editor.producedBy(left, 'Mul'), editor);
  const second = split(editor.producedBy(right, 'Mul'), editor);
  if (first === undefined || second === undefined) return undefined;
  const spec = editor.valueOf(node.outputs[0] as ValueId);
  const product = editor.add('Mul', [first.body, second.body], spec);
  return { ...node, inputs: [product, joined(editor, 'Mul', first.scalar, second.scalar)] };
};

/** (x·a)·y = (x·y)·a for a scalar a, so that a can meet the next scalar or a matrix product. */
const sink: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  if (split(node, editor) !== undefined || left === right) return undefined;
  for (const [scaled, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const term = editor.usesOf(scaled) > 1 ? undefined : split(editor.producedBy(scaled, 'Mul'), editor);
    if (term === undefined || numberOf(editor, term.scalar) === undefined) continue;
    const spec = editor.valueOf(node.outputs[0] as ValueId);
    return { ...node, inputs: [editor.add('Mul', [term.body, other], spec), term.scalar] };
  }
  return undefined;
};

/** Operators with f(a·x) = a·f(x) and a result no larger than x. */
const linear: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  if (editor.usesOf(input) > 1) return undefined;
  const term = split(editor.producedBy(input, 'Mul'), editor);
  if (term === undefined) return undefined;
  const spec = editor.valueOf(node.outputs[0] as ValueId);
  const value = editor.add(node.op, [term.body, ...node.inputs.slice(1)], spec, node.attributes, node.domain);
  return editor.add('Mul', [value, asScalar(editor, term.scalar)], spec);
};

/** Keeps scalars scalar: joins factors and summands of one element before they meet a large tensor. */
export const scalarChains: Pass = rewritePass(
  'scalar-chains',
  'Joins scalar factors and summands, and moves scalar factors past sums, reshapes and transposes.',
  {
    Mul: [chain, pair, sink],
    Add: chain,
    ReduceSum: linear,
    ReduceMean: linear,
    Reshape: linear,
    Transpose: linear,
  },
);
