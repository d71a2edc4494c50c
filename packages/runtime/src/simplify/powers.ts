import type { Pass, ValueId } from '../record/graph.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { sameType } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** x¹ = x, x² = x·x, x³ = x·x·x, x^½ = √x, x⁻¹ = 1/x: a power is many times the cost of a product. */
const power: Rule = (node, editor) => {
  const [base, exponentValue] = node.inputs as readonly [ValueId, ValueId];
  const [value, output] = [editor.valueOf(base), editor.valueOf(node.outputs[0] as ValueId)];
  if (value.dtype !== 'float32' || !sameType(value, output)) return undefined;
  const exponent = numberOf(editor, exponentValue);
  if (exponent === 1) return base;
  if (exponent === 2) return { ...node, op: 'Mul', inputs: [base, base] };
  if (exponent === 3) return { ...node, op: 'Mul', inputs: [editor.add('Mul', [base, base], value), base] };
  if (exponent === 0.5) return { ...node, op: 'Sqrt', inputs: [base] };
  return exponent === -1 ? { ...node, op: 'Reciprocal', inputs: [base] } : undefined;
};

/** y·(1/x) = y/x, where nothing else reads 1/x. */
const quotient: Rule = (node, editor) => {
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  for (const [reciprocal, other] of [
    [right, left],
    [left, right],
  ] as const) {
    const divisor = editor.producedBy(reciprocal, 'Reciprocal')?.inputs[0];
    if (divisor === undefined || divisor === null || editor.usesOf(reciprocal) > 1 || reciprocal === other)
      continue;
    if (numberOf(editor, other) !== undefined) continue;
    return { ...node, op: 'Div', inputs: [other, divisor] };
  }
  return undefined;
};

/** Writes small powers as products, and products with a reciprocal as quotients. */
export const powers: Pass = rewritePass(
  'powers',
  'Writes powers of 1, 2, 3, 1/2 and -1 as products, roots and reciprocals; y * (1/x) as y / x.',
  { Pow: power, Mul: quotient },
);
