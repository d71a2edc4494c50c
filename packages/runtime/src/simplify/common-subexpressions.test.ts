import { describe, expect, it } from 'vitest';
import { constant, floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { commonSubexpressions } from './common-subexpressions.js';

describe('commonSubexpressions', () => {
  it('merges equal constants and the nodes that read them, in chains', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(3));
      const once = g.add('Exp', [g.add('Mul', [x, g.scalar(2)], floats(3))], floats(3));
      const twice = g.add('Exp', [g.add('Mul', [g.scalar(2), x], floats(3))], floats(3));
      return g.add('Add', [once, twice], floats(3));
    });
    const after = await simplifiedBy(graph, commonSubexpressions);
    expect(operatorsOf(after)).toEqual(['Mul', 'Exp', 'Add']);
    expect(after.constants.size).toBe(1);
  });

  it('does not swap operands where their order matters', async () => {
    const graph = graphOf((g) => {
      const [x, y] = [g.input('x', floats(2)), g.input('y', floats(2))];
      const difference = g.add('Sub', [x, y], floats(2));
      return g.add('Add', [difference, g.add('Sub', [y, x], floats(2))], floats(2));
    });
    expect((await simplifiedBy(graph, commonSubexpressions)).nodes).toHaveLength(3);
  });

  it('keeps nodes apart whose attributes differ', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(2, 2));
      const rows = g.add('ReduceMax', [x], floats(2), { axes: [0], keepdims: 0 });
      const columns = g.add('ReduceMax', [x], floats(2), { axes: [1], keepdims: 0 });
      return g.add('Add', [rows, columns], floats(2));
    });
    expect((await simplifiedBy(graph, commonSubexpressions)).nodes).toHaveLength(3);
  });

  it('keeps 0 and -0 apart, and shapes [1] and []', () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(1));
      const positive = g.add('Div', [x, constant(g, [], [0])], floats(1));
      const negative = g.add('Div', [x, constant(g, [], [-0])], floats(1));
      const vector = g.add('Div', [x, constant(g, [1], [0])], floats(1));
      return [positive, negative, vector];
    });
    expect(commonSubexpressions.run(graph)).toBe(graph);
  });

  it('never merges drawn numbers: two random inputs, or two random operators', () => {
    const graph = graphOf((g) => {
      const [first, second] = [g.input('random/0', floats(2)), g.input('random/1', floats(2))];
      const draw = () => g.add('RandomNormal', [], floats(2), { shape: [2] });
      const noise = g.add('Add', [draw(), draw()], floats(2));
      return g.add('Add', [noise, g.add('Sub', [first, second], floats(2))], floats(2));
    });
    expect(commonSubexpressions.run(graph)).toBe(graph);
  });

  it('merges outputs one by one', async () => {
    const graph = graphOf((g) => {
      const x = g.input('x', floats(4));
      const split = () => g.addMany('Split', [x], [floats(2), floats(2)], { axis: 0 });
      const [[a], [, b]] = [split(), split()];
      return g.add('Mul', [a!, b!], floats(2));
    });
    expect(operatorsOf(await simplifiedBy(graph, commonSubexpressions))).toEqual(['Split', 'Mul']);
  });
});
