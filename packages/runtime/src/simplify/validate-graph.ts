import type { Graph, Node, ValueId } from '../record/graph.js';
import { sameShape, sizeOf } from './shape-arithmetic.js';

/**
 * Checks that a graph is well formed: every operand is defined before it is read, every value is defined once and
 * has a shape of non-negative integers and a type, constants hold as many numbers as their shape says, and every
 * output exists.
 *
 * @returns one sentence per fault; none for a sound graph.
 */
export function validateGraph(graph: Graph): readonly string[] {
  const faults: string[] = [];
  const defined = new Set<ValueId>();
  const define = (id: ValueId, where: string): void => {
    if (defined.has(id)) faults.push(`${where}: value ${id} is defined twice`);
    defined.add(id);
    checkValue(graph, id, where, faults);
  };
  for (const { id, name } of graph.inputs) define(id, `input ${name}`);
  for (const id of graph.constants.keys()) {
    define(id, 'constant');
    checkConstant(graph, id, faults);
  }
  for (const [index, node] of graph.nodes.entries())
    checkNode(node, `node ${index} (${node.op})`, defined, define, faults);
  for (const { id, name } of graph.outputs) {
    if (!defined.has(id)) faults.push(`output ${name}: value ${id} is not defined`);
  }
  return faults;
}

function checkNode(
  node: Node,
  where: string,
  defined: ReadonlySet<ValueId>,
  define: (id: ValueId, where: string) => void,
  faults: string[],
): void {
  for (const input of node.inputs) {
    if (input !== null && !defined.has(input))
      faults.push(`${where}: value ${input} is read before it is defined`);
  }
  if (!node.outputs.some((output) => output !== null)) faults.push(`${where}: has no output`);
  for (const output of node.outputs) if (output !== null) define(output, where);
}

function checkValue(graph: Graph, id: ValueId, where: string, faults: string[]): void {
  const value = graph.values.get(id);
  if (value === undefined) faults.push(`${where}: value ${id} has no shape and type`);
  else if (value.id !== id) faults.push(`${where}: value ${id} is listed as ${value.id}`);
  else if (!value.shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    faults.push(`${where}: value ${id} has shape [${value.shape}]`);
  }
}

function checkConstant(graph: Graph, id: ValueId, faults: string[]): void {
  const [constant, value] = [graph.constants.get(id), graph.values.get(id)];
  if (constant === undefined || value === undefined) return;
  if (constant.dtype !== value.dtype || !sameShape(constant.shape, value.shape)) {
    faults.push(`constant: value ${id} and its numbers differ in shape or type`);
  }
  if (constant.data.length !== sizeOf(constant.shape)) {
    faults.push(`constant: value ${id} holds ${constant.data.length} numbers for shape [${constant.shape}]`);
  }
}
