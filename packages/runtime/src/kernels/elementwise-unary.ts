import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { asFloat, cast, scalarOf } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

type Unary = RecordedKernel<Record<'x', Value>, never>;
type Formula = (graph: GraphBuilder, x: Value) => Value;

function unary(name: string, formula: Formula): Unary {
  return { name, record: (graph, { x }) => formula(graph, x) };
}

/** A kernel that is one ONNX operator on float32. */
function floating(name: string, op = name): Unary {
  return unary(name, (graph, x) => {
    const operand = asFloat(graph, x);
    return graph.add(op, [operand], operand);
  });
}

/** A kernel that is one ONNX operator on float32 and int32. */
function numeric(name: string, op = name): Unary {
  return unary(name, (graph, x) => {
    const operand = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
    return graph.add(op, [operand], operand);
  });
}

/** A kernel that leaves integers as they are. */
function rounding(name: string): Unary {
  return unary(name, (graph, x) => (x.dtype === 'float32' ? graph.add(name, [x], x) : x));
}

function scaled(graph: GraphBuilder, x: Value, factor: number): Value {
  return graph.add('Mul', [x, graph.scalar(factor)], x);
}

/** eˣ − 1 = 2 e^(x/2) sinh(x/2), which keeps its precision near 0. */
function expm1(graph: GraphBuilder, operand: Value): Value {
  const x = asFloat(graph, operand);
  const half = scaled(graph, x, 0.5);
  const product = graph.add('Mul', [graph.add('Exp', [half], x), graph.add('Sinh', [half], x)], x);
  return scaled(graph, product, 2);
}

/** log(1 + x); near 0 by 2 artanh(x / (2 + x)), which keeps its precision there. */
function log1p(graph: GraphBuilder, operand: Value): Value {
  const x = asFloat(graph, operand);
  const plus = (number: number) => graph.add('Add', [x, graph.scalar(number)], x);
  const ratio = graph.add('Div', [x, plus(2)], x);
  const near = scaled(graph, graph.add('Atanh', [ratio], x), 2);
  const far = graph.add('Log', [plus(1)], x);
  const size = graph.add('Abs', [x], x);
  const isNear = graph.add('Less', [size, graph.scalar(0.5)], { dtype: 'bool', shape: x.shape });
  return graph.add('Where', [isNear, near, far], x);
}

function square(graph: GraphBuilder, x: Value): Value {
  const operand = x.dtype === 'bool' ? cast(graph, x, 'int32') : x;
  return graph.add('Mul', [operand, operand], operand);
}

/** 1 above zero, alpha elsewhere. */
function step(graph: GraphBuilder, operand: Value, alpha: number): Value {
  const x = asFloat(graph, operand);
  const positive = graph.add('Greater', [x, scalarOf(graph, 0, 'float32')], {
    dtype: 'bool',
    shape: x.shape,
  });
  if (alpha === 0) return cast(graph, positive, 'float32');
  return graph.add('Where', [positive, graph.scalar(1), graph.scalar(alpha)], x);
}

/** Functions of one number. */
export const unaryKernels: readonly RecordedKernel<never, never>[] = [
  ...[
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'Cos',
    'Cosh',
    'Erf',
    'Exp',
    'Log',
    'Reciprocal',
  ].map((name) => floating(name)),
  ...['Sigmoid', 'Sin', 'Sinh', 'Softplus', 'Sqrt', 'Tan', 'Tanh'].map((name) => floating(name)),
  ...['Abs', 'Neg', 'Sign'].map((name) => numeric(name)),
  ...['Ceil', 'Floor', 'Round'].map((name) => rounding(name)),
  unary('Expm1', expm1),
  unary('Log1p', log1p),
  unary('Square', square),
  unary('Rsqrt', (graph, operand) => {
    const x = asFloat(graph, operand);
    return graph.add('Reciprocal', [graph.add('Sqrt', [x], x)], x);
  }),
  {
    name: 'Step',
    record: (graph, { x }: Record<'x', Value>, { alpha }: { alpha: number }) => step(graph, x, alpha),
  },
];
