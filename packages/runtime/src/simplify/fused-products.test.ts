import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { fusedProducts } from './fused-products.js';

const swap = (g: GraphBuilder, x: Value): Value => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return g.add('Transpose', [x], floats(...perm.map((axis) => x.shape[axis] as number)), { perm });
};
const matMul = (g: GraphBuilder, x: Value, y: Value, ...shape: number[]): Value =>
  g.add('MatMul', [x, y], floats(...shape));

describe('fusedProducts', () => {
  it('takes transposed and scaled operands into the product', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(5, 3, 2)), g.input('y', floats(5, 4, 3))];
      const scaled = g.add('Mul', [g.scalar(3), swap(g, x)], floats(5, 2, 3));
      return matMul(g, scaled, g.add('Neg', [swap(g, y)], floats(5, 3, 4)), 5, 2, 4);
    });
    const after = await simplifiedBy(graph, fusedProducts, fusedProducts);
    expect(operatorsOf(after)).toEqual(['FusedMatMul']);
    expect(after.nodes[0]?.attributes.alpha?.value).toBe(-3);
  });

  it('takes a transpose, a factor and a sign of the result into the product', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(2, 3)), g.input('y', floats(3, 4))];
      const turned = swap(g, matMul(g, x, y, 2, 4));
      return g.add('Neg', [g.add('Mul', [turned, g.scalar(2)], floats(4, 2))], floats(4, 2));
    });
    const after = await simplifiedBy(graph, fusedProducts);
    expect(operatorsOf(after)).toEqual(['FusedMatMul']);
    expect(after.nodes[0]?.attributes.transA?.value).toBe(1);
  });

  it('makes a plain MatMul again where the transposes cancel', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(2, 3)), g.input('y', floats(3, 4))];
      const attributes = { transA: 1, transB: 0 } as const;
      return g.add('FusedMatMul', [swap(g, x), y], floats(2, 4), attributes, 'com.microsoft');
    });
    expect(operatorsOf(await simplifiedBy(graph, fusedProducts))).toEqual(['MatMul']);
  });

  it('broadcasts over batches as before', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(5, 2, 3)), g.input('y', floats(4, 3))];
      return matMul(g, x, swap(g, y), 5, 2, 4);
    });
    expect(operatorsOf(await simplifiedBy(graph, fusedProducts))).toEqual(['FusedMatMul']);
  });

  it('leaves a transpose of other axes, a factor that varies, and a product that is read twice', () => {
    const graph = graphOf((g) => {
      const [x, y, row] = [
        g.input('x', floats(4, 4, 4)),
        g.input('y', floats(4, 4, 4)),
        g.input('row', floats(4)),
      ];
      const turned = g.add('Transpose', [x], floats(4, 4, 4), { perm: [1, 0, 2] });
      const product = matMul(g, turned, y, 4, 4, 4);
      const scaled = matMul(g, g.add('Mul', [x, row], floats(4, 4, 4)), product, 4, 4, 4);
      return [scaled, g.add('Neg', [product], floats(4, 4, 4))];
    });
    expect(fusedProducts.run(graph)).toBe(graph);
  });
});
