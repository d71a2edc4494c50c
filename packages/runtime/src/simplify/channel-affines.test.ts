import { describe, expect, it } from 'vitest';
import type { Value } from '../record/graph.js';
import { float, type GraphBuilder } from '../record/graph-builder.js';
import { constant, floats, graphOf, operatorsOf, simplifiedBy } from './__fixtures__/simplified-by.js';
import { channelAffines } from './channel-affines.js';

const maps = floats(2, 3, 20, 20);
const three = (g: GraphBuilder, number: number): Value => constant(g, [3], [number, number, number]);
const affine = (g: GraphBuilder, x: Value, scale: Value, offset: Value): Value =>
  g.add('BatchNormalization', [x, scale, offset, three(g, 0), three(g, 1)], x, { epsilon: float(0) });

describe('channelAffines', () => {
  it('drops the identity', async () => {
    const graph = graphOf((g) => {
      const x = g.add('Abs', [g.input('x', maps)], maps);
      return affine(g, x, three(g, 1), three(g, 0));
    });
    expect(operatorsOf(await simplifiedBy(graph, channelAffines))).toEqual(['Abs']);
  });

  it('makes one pass of two, whichever of scale and offset they have', async () => {
    const graph = graphOf((g) => {
      const [x, a, b] = [g.input('x', maps), g.input('a', floats(3)), g.input('b', floats(3))];
      const both = affine(g, affine(g, x, a, b), b, a);
      const shifted = affine(g, affine(g, x, three(g, 1), b), three(g, 1), a);
      return [both, shifted, affine(g, affine(g, x, a, three(g, 0)), b, three(g, 0))];
    });
    const after = await simplifiedBy(graph, channelAffines);
    expect(operatorsOf(after).filter((op) => op === 'BatchNormalization')).toHaveLength(3);
  });

  it('reads products and sums with one number per channel, on any axes', async () => {
    const graph = graphOf((g) => {
      const [x, a, b] = [g.input('x', maps), g.input('a', floats(3, 1, 1)), g.input('b', floats(1, 3, 1, 1))];
      const [y, c] = [g.input('y', floats(2, 5, 3, 10, 10)), g.input('c', floats(5, 3, 1, 1))];
      return [
        g.add('Add', [b, g.add('Mul', [x, a], maps)], maps),
        g.add('Mul', [y, c], floats(2, 5, 3, 10, 10)),
      ];
    });
    const after = await simplifiedBy(graph, channelAffines, channelAffines);
    expect(operatorsOf(after).filter((op) => op === 'BatchNormalization')).toHaveLength(2);
    expect(operatorsOf(after)).not.toContain('Add');
  });

  it('goes into a convolution that nothing else reads', async () => {
    const graph = graphOf((g) => {
      const [x, w] = [g.input('x', floats(2, 2, 20, 20)), g.input('w', floats(3, 2, 3, 3))];
      const [a, b, bias] = [g.input('a', floats(3)), g.input('b', floats(3)), g.input('bias', floats(3))];
      const convolve = (...more: Value[]) =>
        g.add('Conv', [x, w, ...more], floats(2, 3, 20, 20), { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
      const shifted = g.add(
        'Add',
        [convolve(), g.add('Reshape', [b, g.integers([3, 1, 1])], floats(3, 1, 1))],
        floats(2, 3, 20, 20),
      );
      return [affine(g, convolve(bias), a, b), affine(g, convolve(), a, b), shifted];
    });
    const after = await simplifiedBy(graph, channelAffines, channelAffines);
    expect(operatorsOf(after)).not.toContain('BatchNormalization');
  });

  it('leaves batch statistics, other statistics, short channels and operands of axes apart', () => {
    const graph = graphOf((g) => {
      const [x, a, b] = [g.input('x', maps), g.input('a', floats(3)), g.input('b', floats(3))];
      const training = g.addMany('BatchNormalization', [x, a, b, a, b], [maps, floats(3), floats(3)], {
        training_mode: 1,
        momentum: float(0),
      })[0]!;
      const given = g.add('BatchNormalization', [training, a, b, a, three(g, 1)], maps, {
        epsilon: float(0),
      });
      const short = g.add(
        'Add',
        [g.input('y', floats(2, 3, 4)), g.input('c', floats(3, 1))],
        floats(2, 3, 4),
      );
      const apart = g.add('Mul', [x, g.input('d', floats(2, 1, 20, 1))], maps);
      return [given, short, apart];
    });
    expect(channelAffines.run(graph)).toBe(graph);
  });
});
