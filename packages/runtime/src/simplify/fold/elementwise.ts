import type { Constant, Node } from '../../record/graph.js';
import { padShape, type Shape, stridesOf } from '../shape-arithmetic.js';
import { constantOf } from './constant-of.js';
import type { Evaluator } from './evaluator.js';

const truth = (condition: boolean): number => (condition ? 1 : 0);

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Abs: Math.abs,
  Ceil: Math.ceil,
  Cos: Math.cos,
  Exp: Math.exp,
  Floor: Math.floor,
  Log: Math.log,
  Neg: (x) => -x,
  Not: (x) => truth(x === 0),
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(x, 0),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Sign: Math.sign,
  Sin: Math.sin,
  Sqrt: Math.sqrt,
  Tanh: Math.tanh,
};

const BINARY: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  And: (x, y) => truth(x !== 0 && y !== 0),
  Equal: (x, y) => truth(x === y),
  Greater: (x, y) => truth(x > y),
  GreaterOrEqual: (x, y) => truth(x >= y),
  Less: (x, y) => truth(x < y),
  LessOrEqual: (x, y) => truth(x <= y),
  Max: Math.max,
  Min: Math.min,
  Mul: (x, y) => x * y,
  Or: (x, y) => truth(x !== 0 || y !== 0),
  Pow: (x, y) => x ** y,
  Sub: (x, y) => x - y,
  Xor: (x, y) => truth((x !== 0) !== (y !== 0)),
};

/** Where each element of the output reads a broadcast operand. */
function broadcastReader(constant: Constant, shape: Shape): (index: number) => number {
  const { data } = constant;
  if (data.length === 1) return () => data[0] as number;
  const extents = padShape(constant.shape, shape.length);
  const own = stridesOf(extents).map((stride, axis) => (extents[axis] === 1 ? 0 : stride));
  const outer = stridesOf(shape);
  return (index) => {
    let offset = 0;
    let rest = index;
    for (let axis = 0; axis < shape.length; axis++) {
      const stride = outer[axis] as number;
      const position = Math.floor(rest / stride);
      rest -= position * stride;
      offset += position * (own[axis] as number);
    }
    return data[offset] as number;
  };
}

const unary: Evaluator = (node, [x], output) => {
  const compute = UNARY[node.op];
  if (compute === undefined || x === undefined) return undefined;
  return constantOf(output, (index) => compute(x.data[index] as number));
};

const binary: Evaluator = (node, inputs, output) => {
  const compute = BINARY[node.op];
  const [x, y] = inputs;
  if (compute === undefined || x === undefined || y === undefined || inputs.length !== 2) return undefined;
  const [left, right] = [broadcastReader(x, output.shape), broadcastReader(y, output.shape)];
  return constantOf(output, (index) => compute(left(index), right(index)));
};

/** Integers divide towards zero in ONNX; division by zero is left to the engine. */
const division: Evaluator = (_node, [x, y], output) => {
  if (x === undefined || y === undefined) return undefined;
  const [left, right] = [broadcastReader(x, output.shape), broadcastReader(y, output.shape)];
  if (output.dtype === 'float32') return constantOf(output, (index) => left(index) / right(index));
  if (y.data.some((number: number) => number === 0)) return undefined;
  return constantOf(output, (index) => Math.trunc(left(index) / right(index)));
};

const choice: Evaluator = (_node, [condition, x, y], output) => {
  if (condition === undefined || x === undefined || y === undefined) return undefined;
  const [test, left, right] = [condition, x, y].map((operand) => broadcastReader(operand, output.shape)) as [
    (index: number) => number,
    (index: number) => number,
    (index: number) => number,
  ];
  return constantOf(output, (index) => (test(index) !== 0 ? left(index) : right(index)));
};

/** Float to integer truncates; anything to bool asks whether it is not zero. */
const cast: Evaluator = (_node: Node, [x], output) => {
  if (x === undefined) return undefined;
  if (output.dtype === 'bool') return constantOf(output, (index) => truth(x.data[index] !== 0));
  if (x.dtype !== 'float32' || output.dtype === 'float32')
    return constantOf(output, (index) => x.data[index] as number);
  const inRange = x.data.every((number: number) => Math.abs(number) < 2 ** 31);
  return inRange ? constantOf(output, (index) => Math.trunc(x.data[index] as number)) : undefined;
};

/** Evaluators of elementwise operators, by ONNX operator. */
export const elementwiseEvaluators: Readonly<Record<string, Evaluator>> = {
  ...Object.fromEntries(Object.keys(UNARY).map((op) => [op, unary])),
  ...Object.fromEntries(Object.keys(BINARY).map((op) => [op, binary])),
  Div: division,
  Where: choice,
  Cast: cast,
};
