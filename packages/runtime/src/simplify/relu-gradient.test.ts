import { describe, expect, it } from 'vitest';
import { runGraph } from './__fixtures__/run-graph.js';
import { floats, graphOf, operatorsOf, simplifiedBy, truths } from './__fixtures__/simplified-by.js';
import { reluGradient } from './relu-gradient.js';

describe('reluGradient', () => {
  it('makes the mask in one node', async () => {
    const graph = graphOf((g) => {
      const [x, dy] = [g.input('x', floats(2, 3)), g.input('dy', floats(2, 3))];
      const positive = g.add('Greater', [x, g.scalar(0)], truths(2, 3));
      return g.add('Mul', [dy, g.add('Cast', [positive], floats(2, 3), { to: 1 })], floats(2, 3));
    });
    expect(operatorsOf(await simplifiedBy(graph, reluGradient))).toEqual(['HardSigmoid', 'Mul']);
  });

  it('is exact from the smallest normal number to infinity', async () => {
    const graph = graphOf((g) => {
      const condition = g.add('Less', [g.scalar(0), g.input('x', floats(7))], truths(7));
      return g.add('Cast', [condition], floats(7), { to: 1 });
    });
    const after = reluGradient.run(graph);
    expect(after).not.toBe(graph);
    const x = Float32Array.of(-Infinity, -1, -1.2e-38, 0, 1.2e-38, 1, Infinity);
    expect(await runGraph(after, [x])).toEqual([Float32Array.of(0, 0, 0, 0, 1, 1, 1)]);
  });

  it('leaves other thresholds, other comparisons and other types alone', () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(3));
      const above = g.add('Greater', [x, g.scalar(1)], truths(3));
      const atLeast = g.add('GreaterOrEqual', [x, g.scalar(0)], truths(3));
      const positive = g.add('Greater', [x, g.scalar(0)], truths(3));
      const mask = g.add('Cast', [positive], { dtype: 'int32', shape: [3] }, { to: 6 });
      return [
        g.add('Cast', [above], floats(3), { to: 1 }),
        g.add('Cast', [atLeast], floats(3), { to: 1 }),
        mask,
      ];
    });
    expect(reluGradient.run(graph)).toBe(graph);
  });
});
