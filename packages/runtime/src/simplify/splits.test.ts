import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { splits } from './splits.js';

const cut = (g: GraphBuilder, x: Value, start: number, end: number, axis = 0): Value => {
  const shape = [...x.shape].with(axis, end - start);
  return g.add('Slice', [x, g.integers([start]), g.integers([end]), g.integers([axis])], floats(...shape));
};

describe('splits', () => {
  it('takes a value apart by one node, whatever the order of its slices', async () => {
    const graph = graphOf((g) => {
      const x = g.add('Neg', [g.input('x', floats(9))], floats(9));
      return [cut(g, x, 5, 9), cut(g, x, 0, 2), cut(g, x, 2, 5)];
    });
    expect(operatorsOf(await simplifiedBy(graph, splits))).toEqual(['Neg', 'Split']);
  });

  it('works along any axis', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 5));
      return g.add('Concat', [cut(g, x, 3, 5, 1), cut(g, x, 0, 3, 1)], floats(2, 5), { axis: 1 });
    });
    expect(operatorsOf(await simplifiedBy(graph, splits))).toEqual(['Split', 'Concat']);
  });

  it('leaves slices with a gap or an overlap, of several axes, or with steps', () => {
    const graph = graphOf((g) => {
      const [x, y, z] = [g.input('x', floats(4)), g.input('y', floats(4)), g.input('z', floats(2, 2))];
      const other = g.input('w', floats(4));
      const step = (start: number) =>
        g.add(
          'Slice',
          [other, g.integers([start]), g.integers([4]), g.integers([0]), g.integers([2])],
          floats(2),
        );
      const gap = [cut(g, x, 0, 1), cut(g, x, 2, 4)];
      const overlap = [cut(g, y, 0, 3), cut(g, y, 2, 4)];
      return [...gap, ...overlap, cut(g, z, 0, 1, 0), cut(g, z, 1, 2, 1), step(0), step(1)];
    });
    expect(splits.run(graph)).toBe(graph);
  });
});
