import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { productsOfBroadcasts } from './products-of-broadcasts.js';

const expand = (g: GraphBuilder, x: Value, ...shape: number[]): Value =>
  g.add('Expand', [x, g.integers(shape)], floats(...shape));

describe('productsOfBroadcasts', () => {
  it('multiplies by a shared matrix as by one matrix', async () => {
    const graph = graphOf((g) => {
      const [x, w] = [g.input('x', floats(5, 2, 3)), g.input('w', floats(1, 3, 4))];
      return g.add('MatMul', [x, expand(g, w, 5, 3, 4)], floats(5, 2, 4));
    });
    const after = await simplifiedBy(graph, productsOfBroadcasts, productsOfBroadcasts);
    expect(operatorsOf(after)).toEqual(['Reshape', 'Reshape', 'MatMul', 'Reshape']);
  });

  it('keeps a transposed right operand, and broadcasts a shared left one', async () => {
    const graph = graphOf((g) => {
      const [x, w] = [g.input('x', floats(5, 2, 3)), g.input('w', floats(1, 4, 3))];
      const wide = expand(g, w, 5, 4, 3);
      const right = g.add(
        'FusedMatMul',
        [x, wide],
        floats(5, 2, 4),
        { transA: 0, transB: 1 },
        'com.microsoft',
      );
      const left = g.add(
        'FusedMatMul',
        [wide, x],
        floats(5, 4, 2),
        { transA: 0, transB: 1 },
        'com.microsoft',
      );
      return [right, left];
    });
    const after = await simplifiedBy(graph, productsOfBroadcasts, productsOfBroadcasts);
    expect(operatorsOf(after)).not.toContain('Expand');
  });

  it('keeps an Expand that gives the product its batch, or repeats rows of the matrix', () => {
    const graph = graphOf((g) => {
      const [x, w, row] = [
        g.input('x', floats(2, 3)),
        g.input('w', floats(1, 3, 4)),
        g.input('row', floats(1, 4)),
      ];
      const batch = g.add('MatMul', [x, expand(g, w, 5, 3, 4)], floats(5, 2, 4));
      return [
        batch,
        g.add('MatMul', [g.input('y', floats(5, 2, 3)), expand(g, row, 5, 3, 4)], floats(5, 2, 4)),
      ];
    });
    expect(productsOfBroadcasts.run(graph)).toBe(graph);
  });
});
