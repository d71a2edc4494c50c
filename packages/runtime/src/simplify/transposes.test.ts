import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { transposes } from './transposes.js';

const ORDER = [2, 0, 1];
const transpose = (g: GraphBuilder, x: Value, perm: number[]): Value =>
  g.add('Transpose', [x], floats(...perm.map((axis) => x.shape[axis] as number)), { perm });

describe('transposes', () => {
  it('composes two, cancels inverse ones, and drops one that keeps all axes', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 3, 4));
      const once = transpose(g, x, ORDER);
      const back = transpose(g, once, [1, 2, 0]);
      return [
        g.add('Neg', [back], floats(2, 3, 4)),
        transpose(g, once, ORDER),
        g.add('Exp', [transpose(g, x, [0, 1, 2])], floats(2, 3, 4)),
      ];
    });
    expect(operatorsOf(await simplifiedBy(graph, transposes))).toEqual(['Neg', 'Transpose', 'Exp']);
  });

  it('lets elementwise operators go first, until inverse transposes meet', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(2, 3, 4)), g.input('y', floats(2, 3, 4))];
      const turned = g.add('Relu', [transpose(g, x, ORDER)], floats(4, 2, 3));
      const sum = g.add('Add', [turned, transpose(g, y, ORDER)], floats(4, 2, 3));
      return transpose(g, g.add('Max', [sum, g.scalar(0.2)], floats(4, 2, 3)), [1, 2, 0]);
    });
    expect(operatorsOf(await simplifiedBy(graph, transposes))).toEqual(['Relu', 'Add', 'Max']);
  });

  it('takes the square of a transposed value', async () => {
    const graph = graphOf((g) => {
      const turned = transpose(g, g.input('x', floats(2, 3)), [1, 0]);
      return transpose(g, g.add('Mul', [turned, turned], floats(3, 2)), [1, 0]);
    });
    expect(operatorsOf(await simplifiedBy(graph, transposes))).toEqual(['Mul']);
  });

  it.each([0, 1])('reduces before transposing, keepdims %d', async (keepdims) => {
    const graph = graphOf((g) => {
      const turned = transpose(g, g.input('x', floats(2, 3, 4)), ORDER); // [4, 2, 3]
      const sum = g.add('ReduceSum', [turned, g.integers([0])], keepdims ? floats(1, 2, 3) : floats(2, 3), {
        keepdims,
      });
      const most = g.add('ReduceMax', [turned], keepdims ? floats(4, 1, 3) : floats(4, 3), {
        axes: [1],
        keepdims,
      });
      return [sum, most];
    });
    const after = await simplifiedBy(graph, transposes);
    expect(operatorsOf(after).indexOf('ReduceSum')).toBe(0);
    const shape = (id: number | null | undefined) => after.values.get(id as number)?.shape;
    for (const { op, inputs } of after.nodes)
      if (op.startsWith('Reduce')) expect(shape(inputs[0])).toEqual([2, 3, 4]);
  });

  it('leaves operands alone that are transposed otherwise, or read elsewhere', () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(3, 3)), g.input('y', floats(3, 3))];
      const turned = transpose(g, x, [1, 0]);
      return [g.add('Add', [turned, y], floats(3, 3)), g.add('Neg', [turned], floats(3, 3))];
    });
    expect(transposes.run(graph)).toBe(graph);
  });
});
