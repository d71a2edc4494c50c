import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy, truths } from './__fixtures__/simplified-by.js';
import { conditions } from './conditions.js';

describe('conditions', () => {
  it('takes the side that a constant condition chooses, broadcast', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(2, 3)), g.input('y', floats(3))];
      const always = g.constant({ dtype: 'bool', shape: [1], data: Uint8Array.of(1) });
      const never = g.constant({ dtype: 'bool', shape: [2, 1], data: Uint8Array.of(0, 0) });
      return [g.add('Where', [always, x, y], floats(2, 3)), g.add('Where', [never, x, y], floats(2, 3))];
    });
    const after = await simplifiedBy(graph, conditions);
    expect(operatorsOf(after)).toEqual(['Expand']);
    expect(after.outputs[0]?.id).toBe(graph.inputs[0]?.id);
  });

  it('keeps a constant condition that chooses both', () => {
    const graph = graphOf((g) => {
      const both = g.constant({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
      return g.add('Where', [both, g.input('x', floats(2)), g.scalar(0)], floats(2));
    });
    expect(conditions.run(graph)).toBe(graph);
  });

  it('needs no condition for equal sides, and none negated', async () => {
    const graph = graphOf((g) => {
      const [mask, x] = [g.input('mask', truths(3)), g.input('x', floats(3))];
      const not = g.add('Not', [mask], truths(3));
      const notNot = g.add('Not', [not], truths(3));
      return [
        g.add('Where', [mask, x, x], floats(3)),
        g.add('Where', [not, x, g.scalar(2)], floats(3)),
        g.add('Where', [notNot, x, g.scalar(3)], floats(3)),
      ];
    });
    const after = await simplifiedBy(graph, conditions);
    expect(operatorsOf(after)).toEqual(['Where', 'Where']);
    expect(after.nodes[0]?.inputs[2]).toBe(graph.inputs[1]?.id);
  });
});
