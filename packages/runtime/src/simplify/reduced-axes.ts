import type { Constant, Node } from '../record/graph.js';
import { integersAttribute } from './attributes-of.js';
import { normalizeAxes } from './shape-arithmetic.js';

/**
 * The axes that a reduction sums over, sorted.
 *
 * @param node - a reduction: axes are an operand of ReduceSum and an attribute of the others (opset 15).
 * @param rank - rank of the operand that is reduced.
 * @param operand - the constant axes operand, where there is one.
 */
export function reducedAxes(node: Node, rank: number, operand: Constant | undefined): number[] {
  const given = operand === undefined ? integersAttribute(node, 'axes') : Array.from(operand.data);
  const all = Array.from({ length: rank }, (_, axis) => axis);
  if (given === undefined || given.length === 0) return all;
  return normalizeAxes(given, rank).sort((left, right) => left - right);
}
