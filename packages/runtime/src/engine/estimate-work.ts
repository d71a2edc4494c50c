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

/** Rough numbers of elementary operations in one run of a graph. */
export interface Work {
  readonly total: number;
  /** The part of it in operators so large that sharing one between threads is worth waking them. */
  readonly large: number;
}

/** Operators below this, some tens of microseconds, end before another thread has woken up. */
const largeNode = 4e6;

/** How much work one run of a graph is, and how much of it threads could share. */
export function estimateWork(graph: Graph): Work {
  const shapeOf = (id: ValueId) => graph.values.get(id)?.shape ?? [];
  let [total, large] = [0, 0];
  for (const node of graph.nodes) {
    const size = node.outputs.reduce((sum: number, id) => sum + (id === null ? 0 : sizeOf(shapeOf(id))), 0);
    const work = size * depthOf(node, shapeOf);
    total += work;
    if (work >= largeNode) large += work;
  }
  return { total, large };
}

/** Threads worth using for a graph: 1 where most work is in small operators, else `undefined`: one per core. */
export function threadsFor(graph: Graph): number | undefined {
  const { total, large } = estimateWork(graph);
  return large * 2 > total ? undefined : 1;
}
