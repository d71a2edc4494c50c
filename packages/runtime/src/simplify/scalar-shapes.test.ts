import { describe, expect, it } from 'vitest';
import { floats, graphOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { broadcasts } from './broadcasts.js';
import { scalarShapes } from './scalar-shapes.js';

describe('scalarShapes', () => {
  it('gives constants and values the rank of a column, for good', async () => {
    const graph = graphOf((g) => {
      const [x, s] = [g.input('x', floats(5, 4, 1)), g.input('s', floats())];
      return g.add('Mul', [g.add('Add', [x, g.scalar(2)], x), s], x);
    });
    const after = await simplifiedBy(graph, scalarShapes);
    const shapes = after.nodes.flatMap(({ op, inputs }) =>
      op === 'Reshape' ? [] : inputs.map((id) => after.values.get(id as number)?.shape.length),
    );
    expect(shapes).toEqual([3, 3, 3, 3]);
    expect(scalarShapes.run(after)).toBe(after);
    expect(broadcasts.run(after)).toBe(after);
  });

  it('leaves scalars beside rows, and rows beside columns', () => {
    const graph = graphOf((g) => {
      const [row, column] = [g.input('row', floats(1, 4)), g.input('column', floats(4, 1))];
      return [g.add('Add', [row, g.scalar(2)], row), g.add('Add', [row, column], floats(4, 4))];
    });
    expect(scalarShapes.run(graph)).toBe(graph);
  });
});
