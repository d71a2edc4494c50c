import { describe, expect, it } from 'vitest';
import { float } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { gemm } from './gemm.js';

describe('gemm', () => {
  it.each([[[4]], [[2, 1]], [[2, 4]], [[]]])('joins a bias of shape %j', async (shape) => {
    const graph = graphOf((g) => {
      const [x, y, bias] = [
        g.input('x', floats(2, 3)),
        g.input('y', floats(3, 4)),
        g.input('bias', floats(...shape)),
      ];
      return g.add('Add', [bias, g.add('MatMul', [x, y], floats(2, 4))], floats(2, 4));
    });
    expect(operatorsOf(await simplifiedBy(graph, gemm))).toEqual(['Gemm']);
  });

  it('keeps transposes and the factor of a fused product', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(3, 2)), g.input('y', floats(4, 3))];
      const attributes = { transA: 1, transB: 1, alpha: float(0.5) } as const;
      const product = g.add('FusedMatMul', [x, y], floats(2, 4), attributes, 'com.microsoft');
      return g.add('Add', [product, g.input('bias', floats(4))], floats(2, 4));
    });
    expect(operatorsOf(await simplifiedBy(graph, gemm))).toEqual(['Gemm']);
  });

  it('sees a product under another shape, and a bias shared by all of its rows', async () => {
    const graph = graphOf((g) => {
      const product = g.add('MatMul', [g.input('x', floats(6, 3)), g.input('y', floats(3, 4))], floats(6, 4));
      const stack = g.add('Reshape', [product, g.integers([2, 3, 4])], floats(2, 3, 4));
      return g.add('Add', [stack, g.input('bias', floats(1, 1, 4))], floats(2, 3, 4));
    });
    expect(operatorsOf(await simplifiedBy(graph, gemm))).toEqual(['Reshape', 'Gemm', 'Reshape']);
  });

  it('adds up two products and a matrix in two nodes', async () => {
    const graph = graphOf((g) => {
      const product = (name: string) =>
        g.add('MatMul', [g.input(`${name}1`, floats(2, 3)), g.input(`${name}2`, floats(3, 4))], floats(2, 4));
      const both = g.add('Add', [product('a'), product('b')], floats(2, 4));
      return g.add('Add', [g.input('x', floats(2, 4)), both], floats(2, 4));
    });
    expect(operatorsOf(await simplifiedBy(graph, gemm, gemm))).toEqual(['Gemm', 'Gemm']);
  });

  it('leaves a bias per task, a bias that widens the result, and a product read twice', () => {
    const graph = graphOf((g) => {
      const y = g.input('y', floats(3, 4));
      const product = g.add('MatMul', [g.input('x', floats(6, 3)), y], floats(6, 4));
      const stack = g.add('Reshape', [product, g.integers([2, 3, 4])], floats(2, 3, 4));
      const perTask = g.add('Add', [stack, g.input('biases', floats(2, 1, 4))], floats(2, 3, 4));
      const row = g.add('MatMul', [g.input('z', floats(1, 3)), y], floats(1, 4));
      const wide = g.add('Add', [row, g.input('bias', floats(2, 4))], floats(2, 4));
      return [perTask, wide, g.add('Add', [row, g.scalar(1)], floats(1, 4))];
    });
    expect(gemm.run(graph)).toBe(graph);
  });
});
