import { describe, expect, it } from 'vitest';
import { float } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { biasRows } from './bias-rows.js';

describe('biasRows', () => {
  it('makes a bias per task a row of the right operand, whatever the factor of the product', async () => {
    const graph = graphOf((g) => {
      const [x, w, bias] = [
        g.input('x', floats(5, 6, 1)),
        g.input('w', floats(5, 1, 4)),
        g.input('b', floats(5, 1, 4)),
      ];
      const plain = g.add('Add', [bias, g.add('MatMul', [x, w], floats(5, 6, 4))], floats(5, 6, 4));
      const attributes = { alpha: float(-0.5) };
      const scaled = g.add('FusedMatMul', [x, w], floats(5, 6, 4), attributes, 'com.microsoft');
      return [plain, g.add('Add', [scaled, bias], floats(5, 6, 4))];
    });
    const after = await simplifiedBy(graph, biasRows);
    expect(operatorsOf(after)).not.toContain('Add');
  });

  it('leaves a longer inner axis, and a bias that all tasks share', () => {
    const graph = graphOf((g) => {
      const [x, w] = [g.input('x', floats(5, 6, 8)), g.input('w', floats(5, 8, 4))];
      const long = g.add(
        'Add',
        [g.add('MatMul', [x, w], floats(5, 6, 4)), g.input('b', floats(5, 1, 4))],
        floats(5, 6, 4),
      );
      const [y, v] = [g.input('y', floats(5, 6, 1)), g.input('v', floats(5, 1, 4))];
      const short = g.add('MatMul', [y, v], floats(5, 6, 4));
      return [long, g.add('Add', [short, g.input('c', floats(4))], floats(5, 6, 4))];
    });
    expect(biasRows.run(graph)).toBe(graph);
  });
});
