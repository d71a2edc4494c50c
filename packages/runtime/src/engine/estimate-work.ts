import { sizeOf } from '@tasklearn/core';
import type { Graph, Node, ValueId } from '../record/graph.js';

/** Multiplications per element of the result, where they are more than one. */
function depthOf(node: Node, shapeOf: (id: ValueId) => readonly number[]): number {
  const [a, b] = node.inputs as readonly [ValueId, ValueId];
  if (node.op === 'MatMul') return shapeOf(a).at(-1) ?? 1;
  if (node.op === 'FusedMatMul' || node.op === 'Gemm') {
    const transposed = (node.attributes.transA?.value ?? 0) !== 0;
    return shapeOf(a).at(transposed ? -2 : -1) ?? 1;
  }
  if (node.op === 'Conv' || node.op === 'ConvTranspose') return sizeOf(shapeOf(b).slice(1));
  return 1;
}

/** Rough number of elementary operations in one run of a graph. */
export function estimateWork(graph: Graph): number {
  const shapeOf = (id: ValueId) => graph.values.get(id)?.shape ?? [];
  return graph.nodes.reduce((total, node) => {
    const size = node.outputs.reduce((sum: number, id) => sum + (id === null ? 0 : sizeOf(shapeOf(id))), 0);
    return total + size * depthOf(node, shapeOf);
  }, 0);
}
