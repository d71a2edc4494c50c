import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { negations } from './negations.js';

const shape = floats(2, 3);
const neg = (g: GraphBuilder, x: Value): Value => g.add('Neg', [x], shape);

const CASES: readonly (readonly [
  string,
  (g: GraphBuilder, x: Value, y: Value) => Value,
  readonly string[],
])[] = [
  ['-(-x) to x', (g, x) => g.add('Exp', [neg(g, neg(g, x))], shape), ['Exp']],
  ['-(x - y) to y - x', (g, x, y) => neg(g, g.add('Sub', [x, y], shape)), ['Sub']],
  ['-(3x) to -3x', (g, x) => neg(g, g.add('Mul', [x, g.scalar(3)], shape)), ['Mul']],
  ['x + -y to x - y', (g, x, y) => g.add('Add', [x, neg(g, y)], shape), ['Sub']],
  ['-x + y to y - x', (g, x, y) => g.add('Add', [neg(g, x), y], shape), ['Sub']],
  ['x - -y to x + y', (g, x, y) => g.add('Sub', [x, neg(g, y)], shape), ['Add']],
  ['-x - y to -(x + y)', (g, x, y) => g.add('Sub', [neg(g, x), y], shape), ['Add', 'Neg']],
  ['-x * -y to x * y', (g, x, y) => g.add('Mul', [neg(g, x), neg(g, y)], shape), ['Mul']],
  ['-x * y to -(x * y)', (g, x, y) => g.add('Mul', [neg(g, x), y], shape), ['Mul', 'Neg']],
  ['x / -y to -(x / y)', (g, x, y) => g.add('Div', [x, neg(g, y)], shape), ['Div', 'Neg']],
  ['-x * 3 to x * -3', (g, x) => g.add('Mul', [neg(g, x), g.scalar(3)], shape), ['Mul']],
  ['2 / -x to -2 / x', (g, x) => g.add('Div', [g.scalar(2), neg(g, x)], shape), ['Div']],
  [
    'the sum of -x to -(the sum of x)',
    (g, x) => g.add('ReduceSum', [neg(g, x), g.integers([1])], floats(2, 1), { keepdims: 1 }),
    ['ReduceSum', 'Neg'],
  ],
];

describe('negations', () => {
  it.each(CASES)('turns %s', async (_name, make, operators) => {
    const graph = graphOf((g) => make(g, g.input('x', shape), g.input('y', shape)));
    expect(operatorsOf(await simplifiedBy(graph, negations))).toEqual(operators);
  });

  it('does not move a sign that others read too, where that would add a node', () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', shape), g.input('y', shape)];
      const minus = neg(g, x);
      return [g.add('Mul', [minus, y], shape), g.add('Exp', [minus], shape)];
    });
    expect(negations.run(graph)).toBe(graph);
  });
});
