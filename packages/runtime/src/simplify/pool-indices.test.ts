import { describe, expect, it } from 'vitest';
import { runGraph } from './__fixtures__/run-graph.js';
import { expectSameValues, floats, graphOf, numbersFrom, operatorsOf } from './__fixtures__/simplified-by.js';
import { deadCode } from './dead-code.js';
import { poolIndices } from './pool-indices.js';

function pooling(batch: number, height: number, width: number) {
  return graphOf((g) => {
    const x = g.input('x', floats(batch, 8, height, width));
    const shape = [batch, 8, Math.floor(height / 2), Math.floor(width / 2)];
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] };
    const [best, indices] = g.addMany(
      'MaxPool',
      [x],
      [floats(...shape), { dtype: 'int64', shape }],
      attributes,
    );
    return [best!, g.add('Cast', [indices!], { dtype: 'int32', shape }, { to: 6 })];
  });
}

describe('poolIndices', () => {
  it.each([
    [28, 28],
    [14, 6],
  ])('finds the same places in images of %d x %d', async (height, width) => {
    const graph = pooling(Math.ceil(40_000 / (8 * height * width)), height, width);
    const after = deadCode.run(poolIndices.run(graph));
    expect(operatorsOf(after).filter((op) => op === 'MaxPool')).toHaveLength(4);
    await expectSameValues(graph, after);
  });

  it('takes the first of equal elements, row by row', async () => {
    const graph = pooling(7, 28, 28);
    const next = numbersFrom(3);
    const x = Float32Array.from({ length: 7 * 8 * 28 * 28 }, () => Math.floor(next() * 2));
    const [expected, actual] = [await runGraph(graph, [x]), await runGraph(poolIndices.run(graph), [x])];
    expect(actual).toEqual(expected);
  });

  it('leaves small maps, odd ones, other windows, and a MaxPool whose indices nobody wants', () => {
    for (const graph of [pooling(1, 4, 4), pooling(30, 15, 14), pooling(30, 14, 15)]) {
      expect(poolIndices.run(graph)).toBe(graph);
    }
    const overlapping = graphOf((g) => {
      const [best, indices] = g.addMany(
        'MaxPool',
        [g.input('x', floats(10, 8, 28, 28))],
        [floats(10, 8, 26, 26), { dtype: 'int64', shape: [10, 8, 26, 26] }],
        { kernel_shape: [3, 3], strides: [1, 1] },
      );
      return [best!, indices!];
    });
    expect(poolIndices.run(overlapping)).toBe(overlapping);
    const valueOnly = graphOf((g) =>
      g.add('MaxPool', [g.input('x', floats(10, 8, 28, 28))], floats(10, 8, 14, 14), {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
    );
    expect(poolIndices.run(valueOnly)).toBe(valueOnly);
  });
});
