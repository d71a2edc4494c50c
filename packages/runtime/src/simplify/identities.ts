import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameShape } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** A value broadcast to the shape of what it stands for. */
function stretched(editor: GraphEditor, id: ValueId, output: ValueId): ValueId {
  const { dtype, shape } = editor.valueOf(output);
  if (sameShape(editor.shapeOf(id), shape)) return id;
  return editor.add('Expand', [id, editor.integers(shape)], { dtype, shape });
}

/** The operand beside a constant filled with `number`, on either side. */
function beside(node: Node, editor: GraphEditor, number: number): ValueId | undefined {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  if (numberOf(editor, right) === number) return left;
  return numberOf(editor, left) === number ? right : undefined;
}

const addition: Rule = (node, editor) => {
  const other = beside(node, editor, 0);
  return other === undefined ? undefined : stretched(editor, other, node.outputs[0] as ValueId);
};

const subtraction: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const output = node.outputs[0] as ValueId;
  if (numberOf(editor, right) === 0) return stretched(editor, left, output);
  if (numberOf(editor, left) !== 0) return undefined;
  return stretched(editor, editor.add('Neg', [right], editor.valueOf(right)), output);
};

/** 0·x is taken as 0, the absent path of a derivative; it differs only where x is not finite. */
const multiplication: Rule = (node, editor) => {
  const output = node.outputs[0] as ValueId;
  const one = beside(node, editor, 1);
  if (one !== undefined) return stretched(editor, one, output);
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  if (numberOf(editor, right) === 0) return stretched(editor, right, output);
  if (numberOf(editor, left) === 0) return stretched(editor, left, output);
  const negated = beside(node, editor, -1);
  if (negated === undefined) return undefined;
  return stretched(editor, editor.add('Neg', [negated], editor.valueOf(negated)), output);
};

/** x/1 = x, 0/x = 0, and x/c = x·(1/c), which later passes can merge with other factors. */
const division: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  const output = node.outputs[0] as ValueId;
  const divisor = numberOf(editor, right);
  if (divisor === 1) return stretched(editor, left, output);
  const spec = editor.valueOf(output);
  if (spec.dtype !== 'float32') return undefined;
  if (divisor !== undefined && divisor !== 0 && Number.isFinite(Math.fround(1 / divisor))) {
    const product = editor.add('Mul', [left, editor.scalar(1 / divisor)], editor.valueOf(left));
    return stretched(editor, product, output);
  }
  if (numberOf(editor, left) === 0 && editor.constantOf(right) === undefined)
    return stretched(editor, left, output);
  return undefined;
};

const noChange: Rule = (node) => node.inputs[0] as ValueId;

/** A cast to the type the operand has, and casts that begin as truth values, which no later cast can lose. */
const cast: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  const output = editor.valueOf(node.outputs[0] as ValueId);
  if (editor.valueOf(input).dtype === output.dtype) return input;
  const earlier = editor.producedBy(input, 'Cast');
  const origin = earlier?.inputs[0];
  if (origin === undefined || origin === null || editor.valueOf(origin).dtype !== 'bool') return undefined;
  return output.dtype === 'bool' ? origin : { ...node, inputs: [origin] };
};

/** Removes arithmetic that does nothing. */
export const identities: Pass = rewritePass(
  'identities',
  'Removes x + 0, x - 0, x * 1, x / 1, 0 * x, casts to the same type and Identity; turns x / c into x * (1/c).',
  { Add: addition, Sub: subtraction, Mul: multiplication, Div: division, Identity: noChange, Cast: cast },
);
