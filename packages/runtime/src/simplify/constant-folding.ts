import type { Constant, Graph, Node, Pass, ValueId } from '../record/graph.js';
import { elementwiseEvaluators } from './fold/elementwise.js';
import type { Evaluator } from './fold/evaluator.js';
import { movementEvaluators } from './fold/movement.js';
import { reductionEvaluators } from './fold/reduction.js';
import { GraphEditor } from './graph-editor.js';
import { sizeOf } from './shape-arithmetic.js';

/** Larger results are left to the engine: a constant that must be read from memory can cost more than its formula. */
const LARGEST_FOLDED = 4096;

const EVALUATORS: Readonly<Record<string, Evaluator>> = {
  ...elementwiseEvaluators,
  ...movementEvaluators,
  ...reductionEvaluators,
};

/** Computes, once and for all, nodes whose operands are all small constants. */
export const constantFolding: Pass = {
  name: 'constant-folding',
  summary: 'Computes nodes of small constant operands while compiling.',
  run: fold,
};

function fold(graph: Graph): Graph {
  const editor = new GraphEditor(graph);
  for (const original of graph.nodes) {
    const node = editor.resolve(original);
    const constant = evaluate(node, editor);
    if (constant === undefined) editor.emit(node);
    else editor.replace(node.outputs[0] as ValueId, editor.constant(constant));
  }
  return editor.finish();
}

function evaluate(node: Node, editor: GraphEditor): Constant | undefined {
  const evaluator = EVALUATORS[node.op];
  const [output, ...others] = node.outputs;
  if (evaluator === undefined || output === null || output === undefined || others.length > 0)
    return undefined;
  const spec = editor.valueOf(output);
  if (sizeOf(spec.shape) > LARGEST_FOLDED) return undefined;
  const inputs: Constant[] = [];
  for (const input of node.inputs) {
    const constant = editor.constantOf(input);
    if (constant === undefined) return undefined;
    inputs.push(constant);
  }
  return evaluator(node, inputs, spec);
}
