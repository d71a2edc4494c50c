import onnxProto from 'onnx-proto';
import { onnxElementType } from '../kernels/element-types.js';
import type { Attribute, Constant, Graph, Node, Value, ValueId } from '../record/graph.js';
import { VERSION } from '../version.js';

const { onnx } = onnxProto;

/** Opset 16 is the first whose scatter operators can add. */
const opset = 16;
const intermediateVersion = 8;

const attributeTypes = onnx.AttributeProto.AttributeType;

function encodeAttribute(name: string, attribute: Attribute): object {
  switch (attribute.type) {
    case 'int':
      return { name, type: attributeTypes.INT, i: attribute.value };
    case 'float':
      return { name, type: attributeTypes.FLOAT, f: attribute.value };
    case 'ints':
      return { name, type: attributeTypes.INTS, ints: [...attribute.value] };
    case 'floats':
      return { name, type: attributeTypes.FLOATS, floats: [...attribute.value] };
    case 'string':
      return { name, type: attributeTypes.STRING, s: new TextEncoder().encode(attribute.value) };
  }
}

/** Little-endian bytes; int64 is held as int32 numbers and widened here. */
function rawData({ dtype, data }: Constant): Uint8Array {
  if (dtype !== 'int64') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(BigInt64Array.from(data as Int32Array, BigInt).buffer);
}

function encodeConstant(name: string, constant: Constant): object {
  return {
    name,
    dataType: onnxElementType(constant.dtype),
    dims: [...constant.shape],
    rawData: rawData(constant),
  };
}

function valueInfo(name: string, value: Value): object {
  const dim = value.shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnxElementType(value.dtype), shape: { dim } } } };
}

/** Names of values inside the model: operands and results keep theirs, the rest are numbered. */
class ValueNames {
  readonly #names = new Map<ValueId, string>();
  /** Results that are operands, constants or results already need a node of their own. */
  readonly copies: { readonly from: ValueId; readonly name: string }[] = [];

  constructor(graph: Graph) {
    for (const { id, name } of graph.inputs) this.#names.set(id, `in:${name}`);
    for (const { id, name } of graph.outputs) {
      if (this.#names.has(id) || graph.constants.has(id)) this.copies.push({ from: id, name: `out:${name}` });
      else this.#names.set(id, `out:${name}`);
    }
  }

  of(id: ValueId | null): string {
    return id === null ? '' : (this.#names.get(id) ?? `v${id}`);
  }
}

function encodeNode(node: Node, names: ValueNames): object {
  return {
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((id) => names.of(id)),
    output: node.outputs.map((id) => names.of(id)),
    name: names.of(node.outputs.find((id) => id !== null) ?? null),
    attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
  };
}

function usedConstants(graph: Graph): [ValueId, Constant][] {
  const used = new Set<ValueId | null>(graph.outputs.map(({ id }) => id));
  for (const node of graph.nodes) for (const id of node.inputs) used.add(id);
  return [...graph.constants].filter(([id]) => used.has(id));
}

/** Name of an operand in an encoded model. */
export function inputName(path: string): string {
  return `in:${path}`;
}

/** Name of a result in an encoded model. */
export function outputName(path: string): string {
  return `out:${path}`;
}

/**
 * A graph as an ONNX model, opset 16 with ONNX Runtime's own operators beside it. Operands are called `in:` and
 * results `out:` with the path of their leaf, e.g. `in:support/inputs`.
 *
 * @param graph - may have unused operands, and results that are operands or constants.
 * @param name - the graph's name in the file.
 * @returns the bytes of a `.onnx` file.
 */
export function encodeModel(graph: Graph, name = 'tasklearn'): Uint8Array {
  const names = new ValueNames(graph);
  const value = (id: ValueId) => graph.values.get(id) as Value;
  const copies = names.copies.map(({ from, name: copy }) => ({
    opType: 'Identity',
    input: [names.of(from)],
    output: [copy],
    name: copy,
  }));
  const model = {
    irVersion: intermediateVersion,
    producerName: 'tasklearn',
    producerVersion: VERSION,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name,
      node: [...graph.nodes.map((node) => encodeNode(node, names)), ...copies],
      initializer: usedConstants(graph).map(([id, constant]) => encodeConstant(names.of(id), constant)),
      input: graph.inputs.map(({ id, name: path }) => valueInfo(inputName(path), value(id))),
      output: graph.outputs.map(({ id, name: path }) => valueInfo(outputName(path), value(id))),
    },
  };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}
