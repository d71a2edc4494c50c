import { describe, expect, it } from 'vitest';
import { floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { powers } from './powers.js';

const CASES = [
  [1, ['Abs']],
  [2, ['Abs', 'Mul']],
  [3, ['Abs', 'Mul', 'Mul']],
  [0.5, ['Abs', 'Sqrt']],
  [-1, ['Abs', 'Reciprocal']],
  [2.5, ['Abs', 'Pow']],
] as const;

describe('powers', () => {
  it.each(CASES)('writes the power %d as %j', async (exponent, operators) => {
    const graph = graphOf((g) => {
      const x = g.add('Abs', [g.input('x', floats(4))], floats(4));
      return g.add('Pow', [x, g.scalar(exponent)], floats(4));
    });
    expect(operatorsOf(await simplifiedBy(graph, powers))).toEqual(operators);
  });

  it('divides instead of multiplying by a reciprocal that nothing else reads', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(4)), g.input('y', floats(4))];
      return g.add('Mul', [g.add('Reciprocal', [x], floats(4)), y], floats(4));
    });
    expect(operatorsOf(await simplifiedBy(graph, powers))).toEqual(['Div']);
  });
});
