import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { sums } from './sums.js';

describe('sums', () => {
  it('drops axes of extent 1 and joins neighbours', async () => {
    const graph = graphOf((g) =>
      g.add('ReduceSum', [g.input('x', floats(2, 3, 1, 4, 5, 1)), g.integers([3, 4])], floats(2, 3, 1, 1), {
        keepdims: 0,
      }),
    );
    const after = await simplifiedBy(graph, sums);
    expect(operatorsOf(after)).toEqual(['Reshape', 'ReduceSum', 'Reshape']);
    expect(after.values.get(after.nodes[1]?.inputs[0] as number)?.shape).toEqual([6, 20]);
  });

  it('sums the rows of a matrix by a product with ones', async () => {
    const graph = graphOf((g) =>
      g.add('ReduceSum', [g.input('x', floats(7, 3)), g.integers([0])], floats(3), { keepdims: 0 }),
    );
    expect(operatorsOf(await simplifiedBy(graph, sums))).toEqual(['MatMul', 'Reshape']);
  });

  it('sums nothing as nothing, and everything as everything', async () => {
    const graph = graphOf((g) => {
      const all = g.add('ReduceSum', [g.input('x', floats(2, 3))], floats(), { keepdims: 0 });
      return [
        all,
        g.add('ReduceSum', [g.input('y', floats(1, 3, 1)), g.integers([0, 2])], floats(3), { keepdims: 0 }),
      ];
    });
    const after = await simplifiedBy(graph, sums);
    expect(operatorsOf(after).sort()).toEqual(['ReduceSum', 'Reshape', 'Reshape']);
  });

  it('leaves integers and tall matrices to the engine', () => {
    const graph = graphOf((g) => {
      const whole = { dtype: 'int32', shape: [7, 3] } as const;
      const counts = g.add(
        'ReduceSum',
        [g.input('n', whole), g.integers([0])],
        { dtype: 'int32', shape: [3] },
        { keepdims: 0 },
      );
      return [
        counts,
        g.add('ReduceSum', [g.input('x', floats(5000, 2)), g.integers([0])], floats(2), { keepdims: 0 }),
      ];
    });
    expect(sums.run(graph)).toBe(graph);
  });
});
