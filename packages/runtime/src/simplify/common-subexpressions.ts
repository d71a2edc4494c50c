import type { Attribute, Constant, Graph, Node, Pass, ValueId } from '../record/graph.js';
import { GraphEditor } from './graph-editor.js';
import { COMMUTATIVE, RANDOM } from './operator-traits.js';

/** Constants above this size are told apart by identity alone. */
const LARGEST_COMPARED = 4096;

/**
 * Computes once what is computed twice: nodes with the same operator, operands and attributes, and constants
 * with the same numbers. Operators that draw numbers are never merged.
 */
export const commonSubexpressions: Pass = {
  name: 'common-subexpressions',
  summary: 'Merges nodes that compute the same thing from the same operands.',
  run: mergeCommon,
};

function mergeCommon(graph: Graph): Graph {
  const editor = new GraphEditor(graph);
  mergeConstants(graph, editor);
  const seen = new Map<string, Node>();
  for (const original of graph.nodes) {
    const node = editor.resolve(original);
    const key = RANDOM.has(node.op) ? undefined : keyOfNode(node);
    const twin = key === undefined ? undefined : seen.get(key);
    if (twin !== undefined) {
      for (const [index, output] of node.outputs.entries()) {
        if (output !== null) editor.replace(output, twin.outputs[index] as ValueId);
      }
      continue;
    }
    if (key !== undefined) seen.set(key, node);
    editor.emit(node);
  }
  return editor.finish();
}

function mergeConstants(graph: Graph, editor: GraphEditor): void {
  const seen = new Map<string, ValueId>();
  const sameData = new Map<Constant, ValueId>();
  for (const [id, constant] of graph.constants) {
    const small = constant.data.length <= LARGEST_COMPARED;
    const key = small ? keyOfConstant(constant) : '';
    const twin = small ? seen.get(key) : sameData.get(constant);
    if (twin !== undefined) editor.replace(id, twin);
    else if (small) seen.set(key, id);
    else sameData.set(constant, id);
  }
}

/** Passes run many times over the same constants. */
const keys = new WeakMap<Constant, string>();

function keyOfConstant(constant: Constant): string {
  const known = keys.get(constant);
  if (known !== undefined) return known;
  const key = `${constant.dtype}[${constant.shape}]${textOf(constant.data)}`;
  keys.set(constant, key);
  return key;
}

/** Numbers as text; `join` alone would write -0 as 0, and 1/-0 is not 1/0. */
function textOf(data: Constant['data']): string {
  const text = data.join();
  return data.some((number: number) => Object.is(number, -0))
    ? Array.from(data, (number) => (Object.is(number, -0) ? '-0' : number)).join()
    : text;
}

function keyOfNode(node: Node): string {
  const inputs = COMMUTATIVE.has(node.op)
    ? [...node.inputs].sort((a, b) => (a ?? -1) - (b ?? -1))
    : node.inputs;
  const outputs = node.outputs.map((output) => (output === null ? 0 : 1));
  const attributes = Object.keys(node.attributes)
    .sort()
    .map((name) => `${name}=${textOfAttribute(node.attributes[name] as Attribute)}`);
  return `${node.domain}:${node.op}(${inputs.join()})${outputs.join('')}{${attributes.join(';')}}`;
}

function textOfAttribute(attribute: Attribute): string {
  return `${attribute.type}:${Array.isArray(attribute.value) ? attribute.value.join() : attribute.value}`;
}
