import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import {
  constant,
  floats,
  graphOf,
  operatorsOf,
  simplifiedBy,
  truths,
} from './__fixtures__/simplified-by.js';
import { identities } from './identities.js';

const VANISHING: Readonly<Record<string, (g: GraphBuilder, x: Value) => Value>> = {
  'x + 0': (g, x) => g.add('Add', [x, g.scalar(0)], floats(2, 3)),
  '0 + x': (g, x) => g.add('Add', [constant(g, [3], [0, 0, 0]), x], floats(2, 3)),
  'x - 0': (g, x) => g.add('Sub', [x, g.scalar(0)], floats(2, 3)),
  'x * 1': (g, x) => g.add('Mul', [x, constant(g, [2, 3], [1, 1, 1, 1, 1, 1])], floats(2, 3)),
  '1 * x': (g, x) => g.add('Mul', [g.scalar(1), x], floats(2, 3)),
  'x / 1': (g, x) => g.add('Div', [x, g.scalar(1)], floats(2, 3)),
  Identity: (g, x) => g.add('Identity', [x], floats(2, 3)),
  'Cast to the same type': (g, x) => g.add('Cast', [x], floats(2, 3), { to: 1 }),
};

describe('identities', () => {
  it.each(Object.entries(VANISHING))('removes %s', async (_name, make) => {
    const graph = graphOf((g) => make(g, g.add('Neg', [g.input('x', floats(2, 3))], floats(2, 3))));
    expect(operatorsOf(await simplifiedBy(graph, identities))).toEqual(['Neg']);
  });

  it('expands where the neutral number was the larger operand', async () => {
    const graph = graphOf((g) =>
      g.add('Mul', [g.input('x', floats(3)), constant(g, [2, 1], [1, 1])], floats(2, 3)),
    );
    expect(operatorsOf(await simplifiedBy(graph, identities))).toEqual(['Expand']);
  });

  it('takes 0 * x and 0 / x as 0', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(3));
      return [
        g.add('Mul', [x, constant(g, [3], [0, 0, 0])], floats(3)),
        g.add('Div', [g.scalar(0), x], floats(3)),
      ];
    });
    expect(operatorsOf(await simplifiedBy(graph, identities))).toEqual(['Expand']);
  });

  it('turns -1 * x and 0 - x into Neg, and x / 4 into a product', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(3));
      const negated = [g.add('Mul', [x, g.scalar(-1)], floats(3)), g.add('Sub', [g.scalar(0), x], floats(3))];
      return [...negated, g.add('Div', [x, g.scalar(4)], floats(3))];
    });
    expect(operatorsOf(await simplifiedBy(graph, identities))).toEqual(['Neg', 'Neg', 'Mul']);
  });

  it('leaves numbers alone that are not neutral, and division by zero', () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2));
      const sum = g.add('Add', [x, constant(g, [2], [0, 1])], floats(2));
      return g.add('Div', [g.add('Sub', [g.scalar(1), sum], floats(2)), g.scalar(0)], floats(2));
    });
    expect(identities.run(graph)).toBe(graph);
  });

  it('keeps integer division', () => {
    const graph = graphOf((g) => {
      const two = g.constant({ dtype: 'int32', shape: [], data: Int32Array.of(2) });
      return g.add('Div', [g.input('x', { dtype: 'int32', shape: [3] }), two], {
        dtype: 'int32',
        shape: [3],
      });
    });
    expect(identities.run(graph)).toBe(graph);
  });

  it('joins casts that begin as truth values, and no others', async () => {
    const graph = graphOf((g) => {
      const mask = g.input('mask', truths(4));
      const x = g.input('x', floats(4));
      const back = g.add('Cast', [g.add('Cast', [mask], floats(4), { to: 1 })], truths(4), { to: 9 });
      const rounded = g.add(
        'Cast',
        [g.add('Cast', [x], { dtype: 'int32', shape: [4] }, { to: 6 })],
        floats(4),
        { to: 1 },
      );
      return [g.add('Not', [back], truths(4)), rounded];
    });
    expect(operatorsOf(await simplifiedBy(graph, identities))).toEqual(['Cast', 'Cast', 'Not']);
  });
});
