import type { Constant, Node } from '../../record/graph.js';
import type { OutputSpec } from '../../record/graph-builder.js';

/**
 * Computes a node from constant operands.
 *
 * @returns the numbers of its first output, or `undefined` where it cannot say.
 */
export type Evaluator = (node: Node, inputs: readonly Constant[], output: OutputSpec) => Constant | undefined;
