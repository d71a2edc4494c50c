import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { deadCode } from './dead-code.js';

describe('deadCode', () => {
  it('drops a node, a constant and their values that no output needs', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2));
      g.add('Mul', [x, g.scalar(3)], floats(2));
      return g.add('Neg', [x], floats(2));
    });
    const after = await simplifiedBy(graph, deadCode);
    expect(operatorsOf(after)).toEqual(['Neg']);
    expect(after.constants.size).toBe(0);
    expect(after.values.size).toBe(2);
  });

  it('keeps inputs that nothing reads: they are the signature', () => {
    const graph = graphOf((g) => {
      g.input('unused', floats(2));
      return g.scalar(1);
    });
    const after = deadCode.run(graph);
    expect(after.inputs).toHaveLength(1);
    expect(after.values.size).toBe(2);
  });

  it('leaves out an optional output that nothing reads, and keeps one that is read', async () => {
    const pool = (readIndices: boolean) =>
      graphOf((g) => {
        const x = g.input('x', floats(1, 1, 4, 4));
        const [best, indices] = g.addMany(
          'MaxPool',
          [x],
          [floats(1, 1, 2, 2), { dtype: 'int64', shape: [1, 1, 2, 2] }],
          {
            kernel_shape: [2, 2],
            strides: [2, 2],
          },
        );
        if (!readIndices) return best!;
        return [best!, g.add('Cast', [indices!], floats(1, 1, 2, 2), { to: 1 })];
      });
    expect((await simplifiedBy(pool(false), deadCode)).nodes[0]?.outputs[1]).toBeNull();
    expect((await simplifiedBy(pool(true), deadCode)).nodes[0]?.outputs[1]).not.toBeNull();
  });

  it('gives back the same graph where all of it is needed', () => {
    const graph = graphOf((g) => g.add('Neg', [g.input('x', floats(2))], floats(2)));
    expect(deadCode.run(graph)).toBe(graph);
  });
});
