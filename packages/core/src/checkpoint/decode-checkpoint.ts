import type { Json } from '../registry/plugin.js';
import { mapTree } from '../tree/map-tree.js';
import type { HostTensor, Tree } from '../tree/tree.js';
import type { Checkpoint } from './checkpoint.js';
import { corrupt, parseObject, readHeader, type TensorPlace } from './safetensors-header.js';

/**
 * Reads the bytes of a `.safetensors` file. The inverse of `encodeCheckpoint`; NaN and infinities are data like
 * any other. A file made elsewhere is a tree by the '/' in its tensors' names, with `metadata` its own metadata.
 *
 * @returns tensors that are copies: the bytes may be reused.
 * @throws `CORRUPT_FILE` for anything that is not a whole file of tensors of F32, I32 and BOOL.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const dataStart = endOfHeader(bytes);
  const { places, metadata } = readHeader(decodeText(bytes.subarray(8, dataStart)), bytes.length - dataStart);
  const tensors = new Map(places.map((place) => [place.name, readTensor(bytes, dataStart, place)]));
  if (typeof metadata.tasklearn !== 'string')
    return { tensors: treeFromNames(tensors), metadata: metadata as Json };
  return {
    tensors: treeFromStructure(tensors, parseJson(metadata.structure)),
    metadata: parseJson(metadata.tasklearn),
  };
}

function endOfHeader(bytes: Uint8Array): number {
  if (bytes.length < 8) throw corrupt(`it has only ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) throw corrupt(`its header of ${length} bytes is cut off`);
  return 8 + Number(length);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw corrupt('its header is not text', { cause });
  }
}

function readTensor(
  bytes: Uint8Array,
  dataStart: number,
  { dtype, shape, start, end }: TensorPlace,
): HostTensor {
  // A copy with a buffer of its own; slice would share the pool of a Node Buffer.
  const own = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
  if (dtype === 'float32') return { dtype, shape, data: new Float32Array(own.buffer) };
  if (dtype === 'int32') return { dtype, shape, data: new Int32Array(own.buffer) };
  return { dtype, shape, data: own };
}

function parseJson(text: unknown): Json {
  return parseObject(`{"value":${String(text)}}`, 'its metadata').value as Json;
}

function treeFromStructure(tensors: Map<string, HostTensor>, structure: Json): Tree<HostTensor> {
  const unused = new Set(tensors.keys());
  const tree = mapTree(structure as Tree<Json>, (name: Json) => {
    const tensor = tensors.get(name as string);
    if (tensor === undefined || !unused.delete(name as string))
      throw corrupt(`its structure names '${name}'`);
    return tensor;
  });
  if (unused.size > 0) throw corrupt(`its structure lacks ${[...unused].join(', ')}`);
  return tree;
}

function treeFromNames(tensors: Map<string, HostTensor>): Tree<HostTensor> {
  type Branch = Map<string, Branch | HostTensor>;
  const root: Branch = new Map();
  for (const [name, tensor] of tensors) {
    const parts = name.split('/');
    const last = parts.pop() as string;
    let branch = root;
    for (const part of parts) {
      const child = branch.get(part) ?? new Map();
      if (!(child instanceof Map)) throw corrupt(`'${part}' is both a tensor and a group of '${name}'`);
      branch.set(part, child);
      branch = child;
    }
    if (branch.has(last)) throw corrupt(`'${name}' is both a tensor and a group`);
    branch.set(last, tensor);
  }
  const toTree = (branch: Branch): Tree<HostTensor> =>
    Object.fromEntries(
      [...branch].map(([key, child]) => [key, child instanceof Map ? toTree(child) : child]),
    );
  return toTree(root);
}
