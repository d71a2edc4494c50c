import type { Constant } from '../../record/graph.js';
import type { OutputSpec } from '../../record/graph-builder.js';
import { sizeOf } from '../shape-arithmetic.js';

/** A constant of a given type and shape, each element computed from its row-major index. */
export function constantOf(output: OutputSpec, elementAt: (index: number) => number): Constant {
  const size = sizeOf(output.shape);
  const data =
    output.dtype === 'float32'
      ? new Float32Array(size)
      : output.dtype === 'bool'
        ? new Uint8Array(size)
        : new Int32Array(size);
  for (let index = 0; index < size; index++) data[index] = elementAt(index);
  return { dtype: output.dtype, shape: [...output.shape], data };
}
