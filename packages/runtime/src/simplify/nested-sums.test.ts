import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { nestedSums } from './nested-sums.js';

describe('nestedSums', () => {
  it.each([0, 1])('joins two sums, keepdims %d', async (keepdims) => {
    const graph = graphOf((g) => {
      const inner = g.add(
        'ReduceSum',
        [g.input('x', floats(2, 3, 4, 5)), g.integers([1])],
        keepdims ? floats(2, 1, 4, 5) : floats(2, 4, 5),
        {
          keepdims,
        },
      );
      return g.add('ReduceSum', [inner, g.integers([-1])], keepdims ? floats(2, 1, 4, 1) : floats(2, 4, 1), {
        keepdims: 1,
      });
    });
    expect(operatorsOf(await simplifiedBy(graph, nestedSums))).toEqual(['ReduceSum', 'Reshape']);
  });

  it('keeps an inner sum that others read', () => {
    const graph = graphOf((g) => {
      const inner = g.add('ReduceSum', [g.input('x', floats(2, 3)), g.integers([0])], floats(3), {
        keepdims: 0,
      });
      return [inner, g.add('ReduceSum', [inner, g.integers([0])], floats(), { keepdims: 0 })];
    });
    expect(nestedSums.run(graph)).toBe(graph);
  });
});
