import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../record/graph.js';
import type { GraphBuilder, OutputSpec } from '../record/graph-builder.js';
import { runGraph } from './__fixtures__/run-graph.js';
import { constant, floats, graphOf, numbersFrom, truths } from './__fixtures__/simplified-by.js';
import { constantFolding } from './constant-folding.js';

type Make = (g: GraphBuilder) => Value;

const next = numbersFrom(7);
const random = (g: GraphBuilder, ...shape: number[]): Value =>
  constant(g, shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next));
const integers = (g: GraphBuilder, numbers: readonly number[], shape = [numbers.length]): Value =>
  g.constant({ dtype: 'int32', shape, data: Int32Array.from(numbers) });
const bools = (g: GraphBuilder, numbers: readonly number[]): Value =>
  g.constant({ dtype: 'bool', shape: [numbers.length], data: Uint8Array.from(numbers) });
const unary =
  (op: string): Make =>
  (g) =>
    g.add(op, [random(g, 2, 3)], floats(2, 3));
const binary =
  (op: string, output: (...shape: number[]) => OutputSpec = floats): Make =>
  (g) =>
    g.add(op, [random(g, 2, 1, 3), random(g, 4, 1)], output(2, 4, 3));

const CASES: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(
    ['Abs', 'Ceil', 'Cos', 'Exp', 'Floor', 'Neg', 'Reciprocal', 'Relu', 'Sigmoid', 'Sign', 'Sin', 'Tanh'].map(
      (op) => [op, unary(op)],
    ),
  ),
  ...Object.fromEntries(['Add', 'Div', 'Max', 'Min', 'Mul', 'Sub'].map((op) => [op, binary(op)])),
  ...Object.fromEntries(
    ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op) => [op, binary(op, truths)]),
  ),
  Log: (g) => g.add('Log', [constant(g, [2], [0.5, 3])], floats(2)),
  Sqrt: (g) => g.add('Sqrt', [constant(g, [2], [2, 9])], floats(2)),
  Pow: (g) => g.add('Pow', [constant(g, [3], [2, 3, 0.5]), g.scalar(2.5)], floats(3)),
  Not: (g) => g.add('Not', [bools(g, [1, 0])], truths(2)),
  And: (g) => g.add('And', [bools(g, [1, 0, 1]), bools(g, [1, 1, 0])], truths(3)),
  Or: (g) => g.add('Or', [bools(g, [1, 0, 0]), bools(g, [1, 1, 0])], truths(3)),
  Xor: (g) => g.add('Xor', [bools(g, [1, 0, 0]), bools(g, [1, 1, 0])], truths(3)),
  Where: (g) => g.add('Where', [bools(g, [1, 0, 1]), random(g, 2, 3), random(g, 1)], floats(2, 3)),
  'Div of integers, towards zero': (g) =>
    g.add('Div', [integers(g, [7, -7, 6]), integers(g, [2, 2, -4])], { dtype: 'int32', shape: [3] }),
  'Cast to int32': (g) =>
    g.add('Cast', [constant(g, [3], [1.9, -1.9, 0])], { dtype: 'int32', shape: [3] }, { to: 6 }),
  'Cast to bool': (g) => g.add('Cast', [constant(g, [3], [0.2, 0, -3])], truths(3), { to: 9 }),
  'Cast from bool': (g) => g.add('Cast', [bools(g, [1, 0])], floats(2), { to: 1 }),
  Concat: (g) => g.add('Concat', [random(g, 2, 1, 2), random(g, 2, 3, 2)], floats(2, 4, 2), { axis: -2 }),
  Expand: (g) => g.add('Expand', [random(g, 3, 1), g.integers([2, 3, 4])], floats(2, 3, 4)),
  Reshape: (g) => g.add('Reshape', [random(g, 2, 3), g.integers([3, 2])], floats(3, 2)),
  Transpose: (g) => g.add('Transpose', [random(g, 2, 3, 4)], floats(4, 2, 3), { perm: [2, 0, 1] }),
  'Transpose without an order': (g) => g.add('Transpose', [random(g, 2, 3)], floats(3, 2)),
  Slice: (g) =>
    g.add(
      'Slice',
      [random(g, 4, 5), g.integers([-3, 4]), g.integers([4, 0]), g.integers([0, 1]), g.integers([2, -2])],
      floats(2, 2),
    ),
  'Slice beyond the end': (g) => g.add('Slice', [random(g, 4), g.integers([1]), g.integers([99])], floats(3)),
  Tile: (g) => g.add('Tile', [random(g, 2, 3), g.integers([2, 3])], floats(4, 9)),
  Squeeze: (g) => g.add('Squeeze', [random(g, 2, 1), g.integers([1])], floats(2)),
  Unsqueeze: (g) => g.add('Unsqueeze', [random(g, 2), g.integers([0])], floats(1, 2)),
  ReduceSum: (g) => g.add('ReduceSum', [random(g, 2, 3, 4), g.integers([0, -1])], floats(3), { keepdims: 0 }),
  'ReduceSum over all axes': (g) => g.add('ReduceSum', [random(g, 2, 3)], floats(), { keepdims: 0 }),
  ReduceMean: (g) => g.add('ReduceMean', [random(g, 2, 3)], floats(2, 1), { axes: [1] }),
  ReduceMax: (g) => g.add('ReduceMax', [random(g, 2, 3)], floats(3), { axes: [0], keepdims: 0 }),
  ReduceMin: (g) => g.add('ReduceMin', [random(g, 2, 3)], floats(), { keepdims: 0 }),
  ReduceProd: (g) => g.add('ReduceProd', [random(g, 2, 3)], floats(2), { axes: [1], keepdims: 0 }),
  ReduceSumSquare: (g) => g.add('ReduceSumSquare', [random(g, 2, 3)], floats(2), { axes: [1], keepdims: 0 }),
};

function foldedOutput(graph: Graph) {
  return graph.constants.get(graph.outputs[0]?.id as number);
}

describe('constantFolding', () => {
  it.each(Object.entries(CASES))('computes %s as ONNX Runtime does', async (_name, make) => {
    const graph = graphOf(make);
    const folded = constantFolding.run(graph);
    const [expected] = await runGraph(graph, []);
    expect(folded.nodes).toHaveLength(0);
    const actual = foldedOutput(folded);
    expect(actual?.data.length).toBe(expected?.length);
    for (const [index, number] of Array.from(expected as Float32Array).entries()) {
      expect(Number(actual?.data[index])).toBeCloseTo(Number(number), 5);
    }
  });

  it('folds chains in one go', () => {
    const graph = graphOf((g) =>
      g.add('Neg', [g.add('Add', [g.scalar(1), g.scalar(2)], floats())], floats()),
    );
    expect(foldedOutput(constantFolding.run(graph))?.data).toEqual(Float32Array.of(-3));
  });

  it('leaves integer division by zero, numbers beyond int32, and large results alone', () => {
    const graph = graphOf((g) => [
      g.add('Div', [integers(g, [1]), integers(g, [0])], { dtype: 'int32', shape: [1] }),
      g.add('Cast', [constant(g, [1], [1e12])], { dtype: 'int32', shape: [1] }, { to: 6 }),
      g.add('Expand', [g.scalar(1), g.integers([100, 100])], floats(100, 100)),
    ]);
    expect(constantFolding.run(graph)).toBe(graph);
  });

  it('never folds drawn numbers', () => {
    const graph = graphOf((g) => g.add('RandomNormal', [], floats(2), { shape: [2] }));
    expect(constantFolding.run(graph)).toBe(graph);
  });
});
