import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import { float, type GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { summedProducts } from './summed-products.js';

const product = (g: GraphBuilder, name: string, alpha = 1): Value =>
  g.add(
    'FusedMatMul',
    [g.input(`${name}/left`, floats(5, 6, 2)), g.input(`${name}/right`, floats(5, 6, 3))],
    floats(5, 2, 3),
    { transA: 1, transB: 0, alpha: float(alpha) },
    'com.microsoft',
  );

describe('summedProducts', () => {
  it.each([0, 1])('sums over the batch inside the product, keepdims %d', async (keepdims) => {
    const graph = graphOf((g) => {
      const shape = keepdims ? [1, 2, 3] : [2, 3];
      return g.add('ReduceSum', [product(g, 'a', 0.5), g.integers([0])], floats(...shape), { keepdims });
    });
    expect(operatorsOf(await simplifiedBy(graph, summedProducts))).not.toContain('ReduceSum');
  });

  it('goes through additions and differences, and leaves what is no product to its own sum', async () => {
    const graph = graphOf((g) => {
      const sum = g.add('Add', [g.input('x', floats(5, 2, 3)), product(g, 'a')], floats(5, 2, 3));
      const difference = g.add('Sub', [sum, product(g, 'b')], floats(5, 2, 3));
      return g.add('ReduceSum', [difference, g.integers([0])], floats(2, 3), { keepdims: 0 });
    });
    const after = await simplifiedBy(graph, summedProducts, summedProducts, summedProducts);
    expect(operatorsOf(after).filter((op) => op === 'ReduceSum')).toHaveLength(1);
    expect(operatorsOf(after).filter((op) => op === 'FusedMatMul')).toHaveLength(2);
  });

  it('leaves a product that is read elsewhere, and sums over other axes', () => {
    const graph = graphOf((g) => {
      const [a, b] = [product(g, 'a'), product(g, 'b')];
      const sum = g.add('ReduceSum', [a, g.integers([0])], floats(2, 3), { keepdims: 0 });
      const rows = g.add('ReduceSum', [b, g.integers([1])], floats(5, 3), { keepdims: 0 });
      return [sum, g.add('Neg', [a], floats(5, 2, 3)), rows];
    });
    expect(summedProducts.run(graph)).toBe(graph);
  });
});
