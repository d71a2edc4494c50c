import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { constant, floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { broadcasts } from './broadcasts.js';

const expand = (g: GraphBuilder, x: Value, ...shape: number[]): Value =>
  g.add('Expand', [x, g.integers(shape)], floats(...shape));

describe('broadcasts', () => {
  it('drops Expand and filled constants where the other operand gives the shape', async () => {
    const graph = graphOf((g) => {
      const [x, row] = [g.input('x', floats(2, 3)), g.input('row', floats(3))];
      const sum = g.add('Add', [expand(g, row, 2, 3), x], floats(2, 3));
      return g.add('Mul', [sum, constant(g, [2, 3], [5, 5, 5, 5, 5, 5])], floats(2, 3));
    });
    const after = await simplifiedBy(graph, broadcasts);
    expect(operatorsOf(after)).toEqual(['Add', 'Mul']);
    expect([...after.constants.values()].map(({ shape }) => shape)).toEqual([[]]);
  });

  it('keeps an Expand that gives the result its shape', () => {
    const graph = graphOf((g) => {
      const [x, row] = [g.input('x', floats(3)), g.input('row', floats(2, 1))];
      return g.add('Add', [expand(g, row, 2, 3), x], floats(2, 3));
    });
    expect(operatorsOf(broadcasts.run(graph))).toEqual(['Expand', 'Add']);
    const kept = graphOf((g) =>
      g.add('Add', [expand(g, g.input('x', floats(1, 3)), 2, 3), g.scalar(1)], floats(2, 3)),
    );
    expect(operatorsOf(broadcasts.run(kept)).at(-1)).toBe('Expand');
  });

  it('computes on the small operands and expands the result', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(1, 3)), g.input('y', floats(3))];
      const sum = g.add('Add', [expand(g, x, 4, 3), expand(g, y, 4, 3)], floats(4, 3));
      const top = g.add('Relu', [sum], floats(4, 3));
      return g.add('Reshape', [top, g.integers([4, 1, 3, 1])], floats(4, 1, 3, 1));
    });
    const after = await simplifiedBy(graph, broadcasts);
    expect(operatorsOf(after)).toEqual(['Add', 'Relu', 'Reshape', 'Expand']);
  });

  it('joins Expand chains, drops one to the same shape, and knows a Tile that is one', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(3));
      const twice = expand(g, expand(g, x, 2, 3), 4, 2, 3);
      const tiled = g.add('Tile', [g.input('y', floats(1, 3)), g.integers([2, 1])], floats(2, 3));
      return [twice, g.add('Neg', [expand(g, x, 3)], floats(3)), tiled];
    });
    const after = await simplifiedBy(graph, broadcasts);
    expect(operatorsOf(after)).toEqual(['Expand', 'Expand', 'Neg']);
  });

  it('keeps a Tile that repeats', () => {
    const graph = graphOf((g) => g.add('Tile', [g.input('y', floats(2)), g.integers([2])], floats(4)));
    expect(broadcasts.run(graph)).toBe(graph);
  });

  it.each([0, 1])('sums and averages repeated values by a product, keepdims %d', async (keepdims) => {
    const graph = graphOf((g) => {
      const wide = expand(g, g.input('x', floats(2, 1, 3)), 5, 2, 4, 3);
      const shape = keepdims ? [1, 1, 4, 3] : [4, 3];
      const sum = g.add('ReduceSum', [wide, g.integers([0, 1])], floats(...shape), { keepdims });
      const mean = g.add('ReduceMean', [wide], keepdims ? floats(5, 2, 1, 3) : floats(5, 2, 3), {
        axes: [2],
        keepdims,
      });
      const all = g.add('ReduceSum', [wide], floats(...(keepdims ? [1, 1, 1, 1] : [])), { keepdims });
      return [sum, mean, all];
    });
    const after = await simplifiedBy(graph, broadcasts, broadcasts);
    const sizes = after.nodes
      .filter(({ op }) => op.startsWith('Reduce'))
      .map(({ inputs }) => after.values.get(inputs[0] as number)?.shape.reduce((a, b) => a * b, 1) ?? 0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5 * 2 * 3);
  });
});
