import { describe, expect, it } from 'vitest';
import type { Graph, Node, Pass } from '../record/graph.js';
import { expectSameValues, floats, graphOf } from './__fixtures__/simplified-by.js';
import { defaultPasses } from './default-passes.js';
import { simplify } from './simplify.js';
import { validateGraph } from './validate-graph.js';

/** A chain of layers and their like: most passes find something in it. */
function chainOf(layers: number): Graph {
  return graphOf((g) => {
    const w = g.input('w', floats(4, 4));
    let h = g.input('x', floats(3, 4));
    for (let layer = 0; layer < layers; layer++) {
      const turned = g.add('Transpose', [w], floats(4, 4), { perm: [1, 0] });
      const product = g.add('MatMul', [h, turned], floats(3, 4));
      const scaled = g.add(
        'Mul',
        [g.add('Mul', [product, g.scalar(0.5)], floats(3, 4)), g.scalar(2)],
        floats(3, 4),
      );
      const same = g.add('Add', [scaled, g.scalar(0)], floats(3, 4));
      h = g.add('Tanh', [g.add('Neg', [g.add('Neg', [same], floats(3, 4))], floats(3, 4))], floats(3, 4));
    }
    return h;
  });
}

/** The same graph, telling how often a pass looks at the operator of one of its nodes. */
function watched(graph: Graph): { graph: Graph; looks: () => number } {
  let looks = 0;
  const nodes = graph.nodes.map((node) => {
    const { op, ...rest } = node;
    return Object.defineProperty({ ...rest } as Node, 'op', {
      enumerable: true,
      get() {
        looks++;
        return op;
      },
    });
  });
  return { graph: { ...graph, nodes }, looks: () => looks };
}

describe('simplify', () => {
  it('runs to a fixed point and reports only what changed something', async () => {
    const graph = chainOf(3);
    const { graph: after, report } = simplify(graph, defaultPasses);
    expect(after.nodes.map(({ op }) => op)).toEqual([
      'FusedMatMul',
      'Tanh',
      'FusedMatMul',
      'Tanh',
      'FusedMatMul',
      'Tanh',
    ]);
    expect(report[0]?.nodesBefore).toBe(graph.nodes.length);
    expect(report.at(-1)?.nodesAfter).toBe(6);
    expect(simplify(after, defaultPasses)).toEqual({ graph: after, report: [] });
    await expectSameValues(graph, after);
  });

  it('stops at the bound where passes undo each other', () => {
    const rename = (from: string, to: string): Pass => ({
      name: to,
      summary: '',
      run: (graph) => ({
        ...graph,
        nodes: graph.nodes.map((node) => (node.op === from ? { ...node, op: to } : node)),
      }),
    });
    const { report } = simplify(
      graphOf((g) => g.add('Cos', [g.input('x', floats())], floats())),
      [rename('Cos', 'Sin'), rename('Sin', 'Cos')],
      5,
    );
    expect(report).toHaveLength(10);
  });

  it('runs late passes only once the others are done', () => {
    const order: string[] = [];
    let left = 2;
    const early: Pass = {
      name: 'early',
      summary: '',
      run(graph) {
        order.push('early');
        return left-- > 0 ? { ...graph } : graph;
      },
    };
    const late: Pass = {
      name: 'late',
      summary: '',
      late: true,
      run(graph) {
        order.push('late');
        return graph;
      },
    };
    simplify(chainOf(1), [late, early]);
    expect(order).toEqual(['early', 'early', 'early', 'late', 'early']);
  });

  it('looks at each of 10,000 nodes a bounded number of times', () => {
    const [small, large] = [watched(chainOf(140)), watched(chainOf(1430))];
    expect(large.graph.nodes.length).toBeGreaterThan(10_000);
    for (const pass of defaultPasses) {
      const before = [small.looks(), large.looks()] as const;
      pass.run(small.graph);
      pass.run(large.graph);
      const looks = [small.looks() - before[0], large.looks() - before[1]] as const;
      expect(looks[1], pass.name).toBeLessThanOrEqual(11 * looks[0]);
    }
    const { graph, report } = simplify(chainOf(1430), defaultPasses);
    expect(graph.nodes).toHaveLength(2860);
    expect(report.at(-1)?.round).toBeLessThan(12);
  });
});

describe('validateGraph', () => {
  const sound = chainOf(1);

  it('finds no fault in a sound graph', () => {
    expect(validateGraph(sound)).toEqual([]);
  });

  it('names each fault', () => {
    const [first, ...rest] = sound.nodes as readonly [Node, ...Node[]];
    const faults = (graph: Partial<Graph>) => validateGraph({ ...sound, ...graph }).join('\n');
    expect(faults({ nodes: [...rest, first] })).toContain('read before it is defined');
    expect(faults({ nodes: [first, ...sound.nodes] })).toContain('is defined twice');
    expect(faults({ outputs: [{ id: 999, name: 'y' }] })).toContain('output y: value 999 is not defined');
    expect(faults({ values: new Map() })).toContain('has no shape and type');
    expect(faults({ nodes: [{ ...first, outputs: [null] }, ...rest] })).toContain('has no output');
    const [id] = [...sound.constants.keys()] as [number];
    const short = new Map(sound.constants).set(id, {
      dtype: 'float32',
      shape: [],
      data: Float32Array.of(1, 2),
    });
    expect(faults({ constants: short })).toContain('holds 2 numbers for shape []');
  });
});
