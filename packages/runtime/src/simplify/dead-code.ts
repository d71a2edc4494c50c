import type { Graph, Node, Pass, ValueId } from '../record/graph.js';

/** Operators whose later outputs may be left out. */
const OPTIONAL_OUTPUTS: ReadonlySet<string> = new Set(['MaxPool', 'LayerNormalization']);

/** Drops nodes, constants and values that no output depends on. Inputs stay: they are the signature. */
export const deadCode: Pass = {
  name: 'dead-code',
  summary: 'Drops nodes and constants that no output depends on.',
  run: removeDead,
};

function removeDead(graph: Graph): Graph {
  const live = new Set<ValueId>(graph.outputs.map(({ id }) => id));
  const kept: Node[] = [];
  let pruned = false;
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index] as Node;
    if (!node.outputs.some((output) => output !== null && live.has(output))) continue;
    const trimmed = withoutUnusedOutputs(node, live);
    if (trimmed !== node) pruned = true;
    kept.push(trimmed);
    for (const input of node.inputs) if (input !== null) live.add(input);
  }
  for (const { id } of graph.inputs) live.add(id);
  for (const node of kept) for (const output of node.outputs) if (output !== null) live.add(output);
  if (!pruned && kept.length === graph.nodes.length && live.size === graph.values.size) return graph;
  return {
    ...graph,
    constants: new Map([...graph.constants].filter(([id]) => live.has(id))),
    values: new Map([...graph.values].filter(([id]) => live.has(id))),
    nodes: kept.reverse(),
  };
}

function withoutUnusedOutputs(node: Node, live: ReadonlySet<ValueId>): Node {
  if (!OPTIONAL_OUTPUTS.has(node.op)) return node;
  const unused = (output: ValueId | null, index: number) => index > 0 && output !== null && !live.has(output);
  if (!node.outputs.some(unused)) return node;
  return { ...node, outputs: node.outputs.map((output, index) => (unused(output, index) ? null : output)) };
}
