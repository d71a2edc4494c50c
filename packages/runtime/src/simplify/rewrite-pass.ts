import type { Graph, Node, Pass, ValueId } from '../record/graph.js';
import { GraphEditor } from './graph-editor.js';

/**
 * Looks at one node, whose operands are already simplified, and says what it should be.
 *
 * @returns `undefined` to keep the node; a value to stand for its only output; or a node to take its place,
 *   with the same outputs. New nodes are added through the editor and must be worth their cost even when
 *   the old operands stay in use.
 */
export type Rule = (node: Node, editor: GraphEditor) => ValueId | Node | undefined;

/** Rules by ONNX operator; of several the first that applies is taken. */
export type RuleBook = Readonly<Record<string, Rule | readonly Rule[]>>;

/** A pass that walks the graph once and applies local rules. Linear in the number of nodes. */
export function rewritePass(name: string, summary: string, rules: RuleBook): Pass {
  return { name, summary, run: (graph) => walk(graph, rules) };
}

/** The same, for rules whose results other passes would no longer recognise: see {@link Pass.late}. */
export function lateRewritePass(name: string, summary: string, rules: RuleBook): Pass {
  return { ...rewritePass(name, summary, rules), late: true };
}

function walk(graph: Graph, rules: RuleBook): Graph {
  const editor = new GraphEditor(graph);
  for (const original of graph.nodes) {
    const node = editor.resolve(original);
    const result = apply(node, rules[node.op], editor);
    if (typeof result === 'number') {
      editor.replace(node.outputs[0] as ValueId, result);
      continue;
    }
    if (result !== undefined) editor.touch();
    editor.emit(result ?? node);
  }
  return editor.finish();
}

function apply(
  node: Node,
  rules: Rule | readonly Rule[] | undefined,
  editor: GraphEditor,
): ValueId | Node | undefined {
  if (rules === undefined) return undefined;
  const before = editor.size;
  for (const rule of typeof rules === 'function' ? [rules] : rules) {
    const result = rule(node, editor);
    if (result !== undefined) return result;
  }
  // A rule that adds nodes and then thinks better of it would change the graph in every round, for ever.
  if (editor.size !== before)
    throw new Error(`simplify: a rule for ${node.op} added nodes and kept the old one`);
  return undefined;
}
