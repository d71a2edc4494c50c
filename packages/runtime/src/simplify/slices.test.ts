import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { slices } from './slices.js';

const slice = (
  g: GraphBuilder,
  x: Value,
  start: number,
  end: number,
  shape: number[],
  axis = 0,
  step = 1,
): Value =>
  g.add(
    'Slice',
    [x, g.integers([start]), g.integers([end]), g.integers([axis]), g.integers([step])],
    floats(...shape),
  );

describe('slices', () => {
  it('finds the operand of a Concat, whole or in part', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(3)), g.input('y', floats(4))];
      const packed = g.add('Concat', [x, y], floats(7), { axis: 0 });
      const whole = slice(g, packed, 3, 7, [4]);
      const part = slice(g, packed, 4, 6, [2]);
      const across = slice(g, packed, 2, 4, [2]);
      return [g.add('Neg', [whole], floats(4)), g.add('Exp', [part], floats(2)), across];
    });
    const after = await simplifiedBy(graph, slices);
    expect(operatorsOf(after)).toEqual(['Concat', 'Slice', 'Slice', 'Neg', 'Exp']);
    expect(after.nodes[1]?.inputs[0]).toBe(graph.inputs[1]?.id);
    expect(after.nodes[3]?.inputs[0]).toBe(graph.inputs[1]?.id);
  });

  it('joins slices of slices, on the same axis or another, with steps', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(9, 6));
      const first = slice(g, x, 1, 9, [4, 6], 0, 2);
      const second = slice(g, first, 3, 0, [3, 6], 0, -1);
      return slice(g, second, 2, 5, [3, 3], 1);
    });
    const after = await simplifiedBy(graph, slices);
    expect(operatorsOf(after)).toEqual(['Slice']);
  });

  it('joins a slice backwards to the first element', async () => {
    const graph = graphOf((g) => {
      const first = slice(g, g.input('x', floats(8)), 0, 4, [4]);
      return slice(g, first, 3, -99, [4], 0, -1);
    });
    expect(operatorsOf(await simplifiedBy(graph, slices))).toEqual(['Slice']);
  });

  it('drops a slice of everything, but not a reversal', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(4));
      return [g.add('Neg', [slice(g, x, 0, 4, [4])], floats(4)), slice(g, x, 3, -99, [4], 0, -1)];
    });
    expect(operatorsOf(await simplifiedBy(graph, slices))).toEqual(['Neg', 'Slice']);
  });

  it('undoes Concat of neighbouring slices; keeps one in another order', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 6));
      const [a, b, c] = [
        slice(g, x, 0, 2, [2, 2], 1),
        slice(g, x, 2, 5, [2, 3], 1),
        slice(g, x, 5, 6, [2, 1], 1),
      ];
      const all = g.add('Concat', [a, b, c], floats(2, 6), { axis: 1 });
      const some = g.add('Concat', [a, b], floats(2, 5), { axis: 1 });
      const swapped = g.add('Concat', [b, a], floats(2, 5), { axis: -1 });
      return [g.add('Neg', [all], floats(2, 6)), some, swapped];
    });
    const after = await simplifiedBy(graph, slices);
    expect(operatorsOf(after)).toEqual(['Slice', 'Slice', 'Slice', 'Concat', 'Neg']);
  });

  it('flattens Concat of Concat and drops empty or lonely operands', async () => {
    const graph = graphOf((g) => {
      const [x, y, none] = [g.input('x', floats(2)), g.input('y', floats(3)), g.input('none', floats(0))];
      const inner = g.add('Concat', [x, none], floats(2), { axis: 0 });
      const pair = g.add('Concat', [inner, y], floats(5), { axis: 0 });
      return g.add('Concat', [pair, x], floats(7), { axis: 0 });
    });
    const after = await simplifiedBy(graph, slices);
    expect(operatorsOf(after)).toEqual(['Concat']);
    expect(after.nodes[0]?.inputs).toHaveLength(3);
  });
});
