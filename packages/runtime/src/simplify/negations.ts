import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { numberOf } from './uniform-constant.js';

/** x, where the value is -x. */
function negated(editor: GraphEditor, id: ValueId | null | undefined): ValueId | undefined {
  return editor.producedBy(id, 'Neg')?.inputs[0] ?? undefined;
}

/** x, where the value is -x and nothing else reads it: only then does moving the sign save the node. */
function movable(editor: GraphEditor, id: ValueId | null | undefined): ValueId | undefined {
  return id === null || id === undefined || editor.usesOf(id) > 1 ? undefined : negated(editor, id);
}

function outputOf(node: Node): ValueId {
  return node.outputs[0] as ValueId;
}

/** -(-x) = x, -(a - b) = b - a, -(c·x) = (-c)·x. */
const negation: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const twice = negated(editor, input);
  if (twice !== undefined) return twice;
  const producer = editor.producerOf(input);
  if (producer === undefined) return undefined;
  const [left, right] = producer.inputs as readonly [ValueId, ValueId];
  if (producer.op === 'Sub') return { ...producer, inputs: [right, left], outputs: node.outputs };
  if (producer.op !== 'Mul' || editor.valueOf(input).dtype !== 'float32') return undefined;
  const factor = numberOf(editor, right);
  if (factor === undefined || editor.constantOf(right)?.shape.length !== 0) return undefined;
  return { ...producer, inputs: [left, editor.scalar(-factor)], outputs: node.outputs };
};

/** a + (-b) = a - b, (-a) + b = b - a. */
const addition: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const fromRight = negated(editor, right);
  if (fromRight !== undefined) return { ...node, op: 'Sub', inputs: [left, fromRight] };
  const fromLeft = negated(editor, left);
  return fromLeft === undefined ? undefined : { ...node, op: 'Sub', inputs: [right, fromLeft] };
};

/** a - (-b) = a + b; (-a) - b = -(a + b). */
const subtraction: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const fromRight = negated(editor, right);
  if (fromRight !== undefined) return { ...node, op: 'Add', inputs: [left, fromRight] };
  const fromLeft = movable(editor, left);
  if (fromLeft === undefined) return undefined;
  const spec = editor.valueOf(outputOf(node));
  return editor.add('Neg', [editor.add('Add', [fromLeft, right], spec)], spec);
};

/** (-a)·(-b) = a·b, (-a)·c = a·(-c), (-a)·b = -(a·b): signs move towards the output, where sums absorb them. */
const product: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const [fromLeft, fromRight] = [negated(editor, left), negated(editor, right)];
  if (fromLeft !== undefined && fromRight !== undefined) return { ...node, inputs: [fromLeft, fromRight] };
  if (fromLeft === undefined && fromRight === undefined) return undefined;
  const spec = editor.valueOf(outputOf(node));
  const [inner, other, signed] =
    fromLeft === undefined ? [fromRight as ValueId, left, right] : [fromLeft, right, left];
  const factor = numberOf(editor, other);
  if (factor !== undefined && spec.dtype === 'float32' && editor.shapeOf(other).length === 0) {
    const opposite = editor.scalar(-factor);
    return { ...node, inputs: fromLeft === undefined ? [opposite, inner] : [inner, opposite] };
  }
  if (movable(editor, signed) === undefined) return undefined;
  const inputs = fromLeft === undefined ? [left, inner] : [inner, right];
  return editor.add('Neg', [editor.add(node.op, inputs, spec)], spec);
};

/** Operators with f(-x) = -f(x): the sign moves on. */
const odd: Rule = (node, editor) => {
  const inner = movable(editor, node.inputs[0]);
  if (inner === undefined) return undefined;
  const spec = editor.valueOf(outputOf(node));
  const value = editor.add(node.op, [inner, ...node.inputs.slice(1)], spec, node.attributes, node.domain);
  return editor.add('Neg', [value], spec);
};

/** Moves signs towards the outputs and into sums, differences and constants. */
export const negations: Pass = rewritePass(
  'negations',
  'Removes double negation; moves signs into sums, differences and constant factors.',
  {
    Neg: negation,
    Add: addition,
    Sub: subtraction,
    Mul: product,
    Div: product,
    ReduceSum: odd,
    ReduceMean: odd,
    Reshape: odd,
    Transpose: odd,
  },
);
