import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { activate, type FusedActivation } from './activations.js';
import { broadcastShape, cast, transpose } from './element-types.js';
import { combine } from './elementwise-binary.js';
import type { RecordedKernel } from './kernel.js';

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function swapLast(graph: GraphBuilder, value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  return transpose(graph, value, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

/** Appends a · b, either operand transposed in its last two axes; leading axes broadcast. */
export function matrixProduct(
  graph: GraphBuilder,
  a: Value,
  b: Value,
  { transposeA, transposeB }: Transposed,
): Value {
  const rows = a.shape.at(transposeA ? -1 : -2) as number;
  const columns = b.shape.at(transposeB ? -2 : -1) as number;
  const shape = [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  if (a.dtype !== 'float32') {
    const [x, y] = [cast(graph, a, 'int32'), cast(graph, b, 'int32')];
    const [left, right] = [transposeA ? swapLast(graph, x) : x, transposeB ? swapLast(graph, y) : y];
    return graph.add('MatMul', [left, right], { dtype: 'int32', shape });
  }
  const spec = { dtype: 'float32', shape } as const;
  if (!transposeA && !transposeB) return graph.add('MatMul', [a, b], spec);
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return graph.add('FusedMatMul', [a, b], spec, attributes, 'com.microsoft');
}

interface FusedOperands {
  readonly a: Value;
  readonly b: Value;
  readonly bias?: Value;
  readonly preluActivationWeights?: Value;
}

/** Matrix products and contractions. */
export const matrixProductKernels: readonly RecordedKernel<never, never>[] = [
  {
    name: 'BatchMatMul',
    record: (graph, { a, b }: Record<'a' | 'b', Value>, attributes: Transposed) =>
      matrixProduct(graph, a, b, attributes),
  },
  {
    name: '_FusedMatMul',
    record(
      graph,
      { a, b, bias, preluActivationWeights }: FusedOperands,
      attributes: Transposed & FusedActivation,
    ) {
      const product = matrixProduct(graph, a, b, attributes);
      const sum = bias === undefined ? product : combine(graph, 'Add', product, bias);
      return activate(graph, sum, attributes, preluActivationWeights);
    },
  },
  {
    name: 'Einsum',
    record(graph, inputs: Readonly<Record<string, Value>>, { equation }: { equation: string }) {
      const operands = Object.values(inputs);
      const [terms = '', result = ''] = equation.replaceAll(' ', '').split('->');
      const lengths = new Map<string, number>();
      for (const [index, term] of terms.split(',').entries()) {
        [...term].forEach((letter, axis) => {
          lengths.set(letter, operands[index]?.shape[axis] as number);
        });
      }
      const shape = [...result].map((letter) => lengths.get(letter) as number);
      return graph.add('Einsum', operands, { dtype: (operands[0] as Value).dtype, shape }, { equation });
    },
  },
];
