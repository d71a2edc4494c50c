import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { sunkReshapes } from './sunk-reshapes.js';

const reshape = (g: GraphBuilder, x: Value, ...shape: number[]): Value =>
  g.add('Reshape', [x, g.integers(shape)], floats(...shape));

describe('sunkReshapes', () => {
  it('moves a Reshape down until it meets its inverse', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(6, 4)), g.input('y', floats(6, 4))];
      const sum = g.add('Add', [reshape(g, x, 2, 3, 4), reshape(g, y, 2, 3, 4)], floats(2, 3, 4));
      const top = g.add('Max', [g.add('Relu', [sum], sum), g.scalar(0.1)], sum);
      return g.add('Exp', [reshape(g, top, 6, 4)], floats(6, 4));
    });
    expect(operatorsOf(await simplifiedBy(graph, sunkReshapes))).toEqual(['Add', 'Relu', 'Max', 'Exp']);
  });

  it('leaves operands of other shapes, values read elsewhere, and constant factors, which move the other way', () => {
    const graph = graphOf((g) => {
      const [x, y, z] = [g.input('x', floats(6, 4)), g.input('y', floats(2, 3, 4)), g.input('z', floats(24))];
      const wide = reshape(g, x, 2, 3, 4);
      const scaled = g.add('Mul', [reshape(g, z, 4, 6), g.scalar(2)], floats(4, 6));
      return [g.add('Add', [wide, y], floats(2, 3, 4)), g.add('Relu', [wide], floats(2, 3, 4)), scaled];
    });
    expect(sunkReshapes.run(graph)).toBe(graph);
  });
});
