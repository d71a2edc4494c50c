import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { reshapes } from './reshapes.js';

describe('reshapes', () => {
  it('makes one Reshape of a chain, and none of a round trip', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 3));
      const taller = g.add('Unsqueeze', [x, g.integers([0])], floats(1, 2, 3));
      const flat = g.add('Flatten', [taller], floats(1, 6), { axis: 1 });
      const back = g.add('Reshape', [flat, g.integers([2, 3])], floats(2, 3));
      return [g.add('Squeeze', [flat, g.integers([0])], floats(6)), g.add('Neg', [back], floats(2, 3))];
    });
    const after = await simplifiedBy(graph, reshapes);
    expect(operatorsOf(after)).toEqual(['Reshape', 'Neg']);
    expect(after.nodes[1]?.inputs[0]).toBe(graph.inputs[0]?.id);
  });

  it('sees a Reshape in reductions over axes of extent 1', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 1, 3));
      const sum = g.add('ReduceSum', [x, g.integers([1])], floats(2, 3), { keepdims: 0 });
      return [sum, g.add('ReduceMax', [x], floats(2, 1, 3), { axes: [1], keepdims: 1 })];
    });
    expect(operatorsOf(await simplifiedBy(graph, reshapes))).toEqual(['Reshape']);
  });

  it('keeps reductions that add something up, and sums of squares', () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 1));
      const squares = g.add('ReduceSumSquare', [x], floats(2), { axes: [1], keepdims: 0 });
      return g.add('ReduceSum', [squares, g.integers([0])], floats(), { keepdims: 0 });
    });
    expect(reshapes.run(graph)).toBe(graph);
  });

  it('sees a Reshape in a transpose that moves only axes of extent 1', async () => {
    const still = graphOf((g) =>
      g.add('Transpose', [g.input('x', floats(2, 1, 3))], floats(1, 2, 3), { perm: [1, 0, 2] }),
    );
    expect(operatorsOf(await simplifiedBy(still, reshapes))).toEqual(['Reshape']);
    const moving = graphOf((g) => g.add('Transpose', [g.input('x', floats(2, 1, 3))], floats(3, 1, 2)));
    expect(reshapes.run(moving)).toBe(moving);
  });
});
