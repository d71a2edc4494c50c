import { describe, expect, it } from 'vitest';
import { float } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { fusedProducts } from './fused-products.js';
import { vectorProducts } from './vector-products.js';

describe('vectorProducts', () => {
  it('reshapes a row or column instead of transposing it', async () => {
    const graph = graphOf((g) => {
      const [x, column, row] = [
        g.input('x', floats(5, 6, 4)),
        g.input('c', floats(5, 6, 1)),
        g.input('r', floats(5, 1, 4)),
      ];
      const left = g.add(
        'FusedMatMul',
        [column, x],
        floats(5, 1, 4),
        { transA: 1, transB: 0 },
        'com.microsoft',
      );
      const right = g.add(
        'FusedMatMul',
        [x, row],
        floats(5, 6, 1),
        { transA: 0, transB: 1 },
        'com.microsoft',
      );
      return [left, right];
    });
    const after = await simplifiedBy(graph, vectorProducts);
    const products = after.nodes.filter(({ op }) => op === 'FusedMatMul');
    for (const { attributes } of products)
      expect([attributes.transA?.value, attributes.transB?.value]).toEqual([0, 0]);
  });

  it('scales the small result, not the product', async () => {
    const graph = graphOf((g) => {
      const [x, column] = [g.input('x', floats(5, 6, 4)), g.input('c', floats(5, 6, 1))];
      const attributes = { transA: 1, transB: 0, alpha: float(0.5) };
      return g.add('FusedMatMul', [x, column], floats(5, 4, 1), attributes, 'com.microsoft');
    });
    const after = await simplifiedBy(graph, vectorProducts, fusedProducts);
    expect(operatorsOf(after)).toEqual(['FusedMatMul', 'Mul']);
    expect(after.nodes[0]?.attributes.alpha?.value).toBe(1);
  });

  it('leaves matrices transposed', () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(5, 6, 4)), g.input('y', floats(5, 6, 1))];
      return g.add('FusedMatMul', [x, y], floats(5, 4, 1), { transA: 1, transB: 0 }, 'com.microsoft');
    });
    expect(vectorProducts.run(graph)).toBe(graph);
  });
});
