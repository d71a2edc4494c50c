import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { scalarChains } from './scalar-chains.js';

const large = floats(2, 3);
const times = (g: GraphBuilder, x: Value, y: Value, shape = large): Value => g.add('Mul', [x, y], shape);

describe('scalarChains', () => {
  it('joins constant factors and constant summands', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', large);
      const scaled = times(g, times(g, x, g.scalar(2)), g.scalar(3));
      return g.add('Add', [g.scalar(1), g.add('Add', [scaled, g.scalar(4)], large)], large);
    });
    const after = await simplifiedBy(graph, scalarChains);
    expect(operatorsOf(after)).toEqual(['Mul', 'Add']);
    expect([...after.constants.values()].map(({ data }) => data[0])).toEqual([6, 5]);
  });

  it('joins scalars that are computed', async () => {
    const graph = graphOf((g) => {
      const [x, a, b] = [g.input('x', large), g.input('a', floats()), g.input('b', floats(1, 1))];
      return times(g, times(g, x, a), b);
    });
    const after = await simplifiedBy(graph, scalarChains);
    expect(
      after.nodes.filter(({ outputs }) => after.values.get(outputs[0] as number)?.shape.length === 2),
    ).toHaveLength(1);
  });

  it('collects the factors of both operands, and passes a factor through a product', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', large), g.input('y', large)];
      const both = times(g, times(g, x, g.scalar(2)), times(g, y, g.scalar(0.5)));
      return times(g, times(g, both, g.scalar(3)), y);
    });
    const after = await simplifiedBy(graph, scalarChains, scalarChains);
    expect(operatorsOf(after)).toEqual(['Mul', 'Mul', 'Mul']);
  });

  it('moves a factor past a sum and a reshape', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', large);
      const flat = g.add('Reshape', [times(g, x, g.scalar(2)), g.integers([6])], floats(6));
      return g.add('ReduceSum', [flat, g.integers([0])], floats(), { keepdims: 0 });
    });
    expect(operatorsOf(await simplifiedBy(graph, scalarChains))).toEqual(['Reshape', 'ReduceSum', 'Mul']);
  });

  it('does not repeat the large product where it is read elsewhere', () => {
    const graph = graphOf((g) => {
      const [x, a, b] = [g.input('x', large), g.input('a', floats()), g.input('b', floats())];
      const scaled = times(g, x, a);
      return [times(g, scaled, b), g.add('Exp', [scaled], large)];
    });
    expect(scalarChains.run(graph)).toBe(graph);
  });
});
