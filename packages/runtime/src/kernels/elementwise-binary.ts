import { TasklearnError } from '@tasklearn/core';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { asFloat, broadcastShape, cast } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

type Operands = Record<'a' | 'b', Value>;
type Formula = (graph: GraphBuilder, a: Value, b: Value) => Value;

/** Appends an operator of two operands that broadcast; the result has the first one's type unless given. */
export function combine(graph: GraphBuilder, op: string, a: Value, b: Value, dtype = a.dtype): Value {
  return graph.add(op, [a, b], { dtype, shape: broadcastShape(a.shape, b.shape) });
}

function binary(name: string, formula: Formula): RecordedKernel<Operands, never> {
  return { name, record: (graph, { a, b }) => formula(graph, a, b) };
}

/** One ONNX operator on numbers, and another on booleans where there is one that means the same. */
function arithmetic(name: string, op: string, booleanOp?: string): RecordedKernel<Operands, never> {
  return binary(name, (graph, a, b) => {
    if (a.dtype !== 'bool') return combine(graph, op, a, b);
    if (booleanOp !== undefined) return combine(graph, booleanOp, a, b);
    throw new TasklearnError(
      'NOT_RECORDABLE',
      `compile: ${name} of two bool tensors is not a bool. Cast them to 'float32' or 'int32' first.`,
      { op: name },
    );
  });
}

/** a − b · ⌊a / b⌋: the remainder with the divisor's sign. */
function modulo(graph: GraphBuilder, a: Value, b: Value): Value {
  if (a.dtype === 'int32') return combine(graph, 'Mod', a, b);
  const [x, y] = [asFloat(graph, a), asFloat(graph, b)];
  const spec = { dtype: 'float32', shape: broadcastShape(x.shape, y.shape) } as const;
  const condition = { dtype: 'bool', shape: spec.shape } as const;
  const remainder = graph.add('Mod', [x, y], spec, { fmod: 1 });
  const zero = graph.scalar(0);
  const negativeX = graph.add('Less', [x, zero], { dtype: 'bool', shape: x.shape });
  const negativeY = graph.add('Less', [y, zero], { dtype: 'bool', shape: y.shape });
  const differs = graph.add('Xor', [negativeX, negativeY], condition);
  const shifted = graph.add('Mod', [graph.add('Add', [remainder, y], spec), y], spec, { fmod: 1 });
  return graph.add('Where', [differs, shifted, remainder], spec);
}

/** ⌊a / b⌋ as int32. ONNX divides integers towards zero, so one is taken off where that went up. */
function floorDivide(graph: GraphBuilder, a: Value, b: Value): Value {
  if (a.dtype === 'float32') {
    const quotient = combine(graph, 'Div', a, b);
    return cast(graph, graph.add('Floor', [quotient], quotient), 'int32');
  }
  const [x, y] = [cast(graph, a, 'int32'), cast(graph, b, 'int32')];
  // x mod y has y's sign, so this division is exact.
  return combine(graph, 'Div', combine(graph, 'Sub', x, combine(graph, 'Mod', x, y)), y);
}

function squaredDifference(graph: GraphBuilder, a: Value, b: Value): Value {
  const difference = combine(graph, 'Sub', a, b);
  return graph.add('Mul', [difference, difference], difference);
}

/** The angle of the point (b, a): atan(a / b), moved by ±π where b < 0, and ±π/2 where b = 0. */
function atan2(graph: GraphBuilder, a: Value, b: Value): Value {
  const [y, x] = [asFloat(graph, a), asFloat(graph, b)];
  const spec = { dtype: 'float32', shape: broadcastShape(y.shape, x.shape) } as const;
  const zero = graph.scalar(0);
  const test = (op: string, value: Value) =>
    graph.add(op, [value, zero], { dtype: 'bool', shape: value.shape });
  const base = graph.add('Atan', [graph.add('Div', [y, x], spec)], spec);
  const turn = graph.add('Where', [test('Less', y), graph.scalar(-Math.PI), graph.scalar(Math.PI)], y);
  const moved = graph.add('Where', [test('Less', x), graph.add('Add', [base, turn], spec), base], spec);
  const upright = graph.add('Mul', [graph.add('Sign', [y], y), graph.scalar(Math.PI / 2)], y);
  return graph.add('Where', [test('Equal', x), upright, moved], spec);
}

function sumOfAll(graph: GraphBuilder, inputs: Readonly<Record<string, Value>>): Value {
  const [first, ...rest] = Object.values(inputs) as [Value, ...Value[]];
  if (rest.length === 0) return first;
  if (first.dtype === 'float32') return graph.add('Sum', [first, ...rest], first);
  return rest.reduce((sum, value) => combine(graph, 'Add', sum, value), cast(graph, first, 'int32'));
}

interface Normalized {
  readonly x: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly scale?: Value;
  readonly offset?: Value;
}

/** (x − mean) / √(variance + ε) · scale + offset, the factor computed once per channel. */
function normalize(graph: GraphBuilder, operands: Normalized, epsilon: number): Value {
  const { x, mean, variance, scale, offset } = operands;
  const deviation = graph.add('Sqrt', [combine(graph, 'Add', variance, graph.scalar(epsilon))], variance);
  const factor =
    scale === undefined
      ? graph.add('Reciprocal', [deviation], variance)
      : combine(graph, 'Div', scale, deviation);
  const result = combine(graph, 'Mul', combine(graph, 'Sub', x, mean), factor);
  return offset === undefined ? result : combine(graph, 'Add', result, offset);
}

/** Functions of two numbers, with broadcasting. */
export const binaryKernels: readonly RecordedKernel<never, never>[] = [
  arithmetic('Add', 'Add'),
  arithmetic('Sub', 'Sub'),
  arithmetic('Multiply', 'Mul', 'And'),
  arithmetic('Maximum', 'Max', 'Or'),
  arithmetic('Minimum', 'Min', 'And'),
  binary('SquaredDifference', squaredDifference),
  binary('RealDiv', (graph, a, b) => combine(graph, 'Div', asFloat(graph, a), asFloat(graph, b))),
  binary('FloorDiv', floorDivide),
  binary('Mod', modulo),
  binary('Pow', (graph, a, b) => combine(graph, 'Pow', a, b)),
  binary('Atan2', atan2),
  { name: 'AddN', record: sumOfAll },
  {
    name: 'FusedBatchNorm',
    record: (graph, operands: Normalized, { varianceEpsilon }: { varianceEpsilon: number }) =>
      normalize(graph, operands, varianceEpsilon),
  },
];
