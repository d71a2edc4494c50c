import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { BROADCASTING_ELEMENTWISE, UNARY_ELEMENTWISE } from './operator-traits.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/** What a chain of reshapes begins with; `undefined` where there is none. */
function beforeReshape(editor: GraphEditor, id: ValueId): ValueId | undefined {
  const origin = editor.producedBy(id, 'Reshape')?.inputs[0] ?? undefined;
  return origin === undefined ? undefined : (beforeReshape(editor, origin) ?? origin);
}

function isScalar(editor: GraphEditor, id: ValueId): boolean {
  return sizeOf(editor.shapeOf(id)) === 1;
}

/** Factors and signs move the other way, past reshapes, to meet products: see `scalar-chains` and `negations`. */
function movesItself(node: Node, editor: GraphEditor): boolean {
  return node.op === 'Mul' && (node.inputs as readonly ValueId[]).some((input) => isScalar(editor, input));
}

/** f(reshape x, reshape y, scalars) = reshape f(x, y, scalars), where x and y have one shape and a Reshape is saved. */
const sink: Rule = (node, editor) => {
  const inputs = node.inputs as readonly ValueId[];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const large = inputs.filter((input) => !isScalar(editor, input));
  const origins = large.map((input) => beforeReshape(editor, input));
  const [first] = origins;
  if (first === undefined || movesItself(node, editor)) return undefined;
  const shape = editor.shapeOf(first);
  const alike = large.every((input, index) => {
    const origin = origins[index];
    return (
      origin !== undefined &&
      sameShape(editor.shapeOf(origin), shape) &&
      sameShape(editor.shapeOf(input), output.shape)
    );
  });
  if (
    !alike ||
    !large.some((input) => editor.usesOf(input) === large.filter((other) => other === input).length)
  )
    return undefined;
  const operands = inputs.map((input) =>
    isScalar(editor, input) ? editor.reshape(input, []) : (beforeReshape(editor, input) as ValueId),
  );
  const value = editor.add(node.op, operands, { dtype: output.dtype, shape }, node.attributes, node.domain);
  return editor.reshape(value, output.shape);
};

const operators = [...UNARY_ELEMENTWISE, ...BROADCASTING_ELEMENTWISE].filter((op) => op !== 'Neg');

/** Moves Reshape past elementwise operators, where it meets the next Reshape and both vanish. */
export const sunkReshapes: Pass = rewritePass(
  'sunk-reshapes',
  'Moves Reshape past elementwise operators until it meets another.',
  Object.fromEntries(operators.map((op) => [op, sink])),
);
