import type { Node } from '../record/graph.js';
import { integerAttribute, integersAttribute } from './attributes-of.js';
import type { Shape } from './shape-arithmetic.js';

function same(
  numbers: readonly number[] | undefined,
  expected: readonly number[],
  fallback: boolean,
): boolean {
  return numbers === undefined ? fallback : numbers.join() === expected.join();
}

/**
 * Whether a MaxPool halves images by windows of 2x2 that do not overlap, without padding.
 *
 * @param shape - of its operand; [N, C, H, W].
 */
export function halvesImages(node: Node, shape: Shape): boolean {
  return (
    node.op === 'MaxPool' &&
    shape.length === 4 &&
    same(integersAttribute(node, 'kernel_shape'), [2, 2], false) &&
    same(integersAttribute(node, 'strides'), [2, 2], false) &&
    same(integersAttribute(node, 'pads'), [0, 0, 0, 0], true) &&
    same(integersAttribute(node, 'dilations'), [1, 1], true) &&
    integerAttribute(node, 'ceil_mode', 0) === 0 &&
    integerAttribute(node, 'storage_order', 0) === 0
  );
}
