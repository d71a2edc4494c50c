import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy, truths } from './__fixtures__/simplified-by.js';
import { reluGradient } from './relu-gradient.js';

describe('reluGradient', () => {
  it('writes a product with a mask as a choice', async () => {
    const graph = graphOf((g) => {
      const [x, dy] = [g.input('x', floats(2, 3)), g.input('dy', floats(2, 3))];
      const positive = g.add('Greater', [x, g.scalar(0)], truths(2, 3));
      return g.add('Mul', [dy, g.add('Cast', [positive], floats(2, 3), { to: 1 })], floats(2, 3));
    });
    expect(operatorsOf(await simplifiedBy(graph, reluGradient))).toEqual(['Greater', 'Where']);
  });

  it('leaves a mask that gives the result its shape, and casts from numbers', () => {
    const graph = graphOf((g) => {
      const mask = g.add('Cast', [g.input('mask', truths(2, 3))], floats(2, 3), { to: 1 });
      const whole = g.add('Cast', [g.input('n', { dtype: 'int32', shape: [3] })], floats(3), { to: 1 });
      return g.add(
        'Mul',
        [g.add('Mul', [g.input('dy', floats(3)), mask], floats(2, 3)), whole],
        floats(2, 3),
      );
    });
    expect(reluGradient.run(graph)).toBe(graph);
  });
});
