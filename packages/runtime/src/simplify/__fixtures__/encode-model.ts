import proto, { type onnx } from 'onnx-proto';
import type { Attribute, Constant, ElementType, Graph } from '../../record/graph.js';

const TYPE: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

function bytesOf(constant: Constant): Uint8Array {
  if (constant.dtype === 'int64') {
    return new Uint8Array(BigInt64Array.from(Array.from(constant.data, (number) => BigInt(number))).buffer);
  }
  const { buffer, byteOffset, byteLength } = constant.data;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function attributeOf(name: string, attribute: Attribute): onnx.IAttributeProto {
  switch (attribute.type) {
    case 'int':
      return { name, type: proto.onnx.AttributeProto.AttributeType.INT, i: attribute.value };
    case 'float':
      return { name, type: proto.onnx.AttributeProto.AttributeType.FLOAT, f: attribute.value };
    case 'ints':
      return { name, type: proto.onnx.AttributeProto.AttributeType.INTS, ints: [...attribute.value] };
    case 'floats':
      return { name, type: proto.onnx.AttributeProto.AttributeType.FLOATS, floats: [...attribute.value] };
    case 'string':
      return {
        name,
        type: proto.onnx.AttributeProto.AttributeType.STRING,
        s: new TextEncoder().encode(attribute.value),
      };
  }
}

/** A graph as an ONNX model, with inputs `i<id>` and outputs `o0`, `o1`...: enough for tests, apart from the product's own encoder. */
export function encodeModel(graph: Graph): Uint8Array {
  const infoOf = (name: string, dtype: ElementType, shape: readonly number[]): onnx.IValueInfoProto => ({
    name,
    type: { tensorType: { elemType: TYPE[dtype], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });
  const lookUp = (id: number) => {
    const value = graph.values.get(id);
    if (value === undefined) throw new Error(`no value ${id}`);
    return value;
  };
  const nodes: onnx.INodeProto[] = graph.nodes.map((node) => ({
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((input) => (input === null ? '' : `v${input}`)),
    output: node.outputs.map((output) => (output === null ? '' : `v${output}`)),
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeOf(name, value)),
  }));
  for (const [index, { id }] of graph.outputs.entries()) {
    nodes.push({ opType: 'Identity', input: [`v${id}`], output: [`o${index}`] });
  }
  return proto.onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 15 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'test',
      node: nodes,
      input: graph.inputs.map(({ id }) => infoOf(`v${id}`, lookUp(id).dtype, lookUp(id).shape)),
      output: graph.outputs.map(({ id }, index) => infoOf(`o${index}`, lookUp(id).dtype, lookUp(id).shape)),
      initializer: [...graph.constants].map(([id, constant]) => ({
        name: `v${id}`,
        dataType: TYPE[constant.dtype],
        dims: [...constant.shape],
        rawData: bytesOf(constant),
      })),
    },
  }).finish();
}
